// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"
#include "tusk/extensions.hpp"

// The [model] table and its layers.
namespace tusk {

using namespace options;

Value value_of(InitializerOptions& o) {
  const auto as_name = [&o] { return value_of(o.kind); };
  const auto as_table = [&o] { return table_of(o); };
  return Forms{.expected = "a name or a table",
               .forms = {{FormShape::text,
                          [&o, as_name]() -> Value {
                            o = {};
                            return as_name();
                          }},
                         {FormShape::table,
                          [&o, as_table]() -> Value {
                            o = {};
                            return as_table();
                          }}},
               .get = [&o, as_name, as_table]() -> Value {
                 InitializerOptions plain;
                 plain.kind = o.kind;
                 if (o == plain) return as_name();
                 return as_table();
               }};
}

void describe(Fields& fields, InitializerOptions& o) {
  using enum InitializerKind;
  fields("type", o.kind, required());
  const auto of = [&](bool kind_has_it, const Rule& rule, const char* kinds) {
    return rule.only_when(kind_has_it, std::string("needs type = ") + kinds);
  };
  const bool is_normal = o.kind == normal || o.kind == truncated_normal;
  constexpr const char* normals = "\"random_normal\" or \"truncated_normal\"";
  fields("value", o.value, of(o.kind == constant, any(), "\"constant\""));
  fields("minval", o.minval, of(o.kind == uniform, any(), "\"random_uniform\""));
  fields("maxval", o.maxval, of(o.kind == uniform, at_least(o.minval), "\"random_uniform\""));
  fields("mean", o.mean, of(is_normal, any(), normals));
  fields("stddev", o.stddev, of(is_normal, at_least(0.0), normals));
}

void describe(Fields& fields, DenseOptions& o) {
  fields("units", o.units, required(count()));
  fields("activation", o.activation);
  fields("use_bias", o.use_bias);
  fields("kernel_initializer", o.kernel_initializer);
  fields("bias_initializer", o.bias_initializer,
         any().only_when(o.use_bias, "needs use_bias = true"));
}

void describe(Fields& fields, ActivationOptions& o) {
  fields("activation", o.activation, required());
}

void describe(Fields& fields, DropoutOptions& o) {
  fields("rate", o.rate, required(from_below(0.0, 1.0)));
}

void describe(Fields&, FlattenOptions&) {}

void describe(Fields& fields, LayerOptions& o) {
  fields.choice("type", o, fields.extensions().layers);
}

void describe(Fields& fields, ModelOptions& o) {
  fields("file", o.file, path());
  fields("layers", o.layers,
         (o.file ? any() : required())
             .only_when(!o.file, "cannot be given together with 'model.file'"));
  fields("loss", value_of(o.loss, fields.extensions().losses), required());
  fields("huber_delta", o.huber_delta,
         above(0.0).only_when(o.loss == LossKind::huber, "needs loss = \"huber\""));
  fields("metrics", o.metrics);
}

}  // namespace tusk
