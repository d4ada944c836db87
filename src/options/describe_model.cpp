// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "options/describe.hpp"
#include "tusk/extensions.hpp"

// The [model] table and its layers.
namespace tusk {

using namespace options;

namespace {

// A text, list or table that is there if it is not empty.
template <typename T>
Value if_not_empty(T& member) {
  return Optional{.get = [&member]() -> std::optional<Value> {
                    if (member.empty()) return std::nullopt;
                    return value_of(member);
                  },
                  .emplace = [&member] { return value_of(member); }};
}

// An option that is there if it is not `usual`.
template <typename T>
Value written_unless(T& member, T usual) {
  return Optional{.get = [&member, usual]() -> std::optional<Value> {
                    if (member == usual) return std::nullopt;
                    return value_of(member);
                  },
                  .emplace = [&member] { return value_of(member); }};
}

// Inputs or outputs of which no more is said than their names.
template <typename Named>
List names_in(std::vector<Named>& all) {
  return {.distinct = false,
          .size = [&all] { return all.size(); },
          .at = [&all](std::size_t i) { return value_of(all[i].name); },
          .clear = [&all] { all.clear(); },
          .add = [&all] { return value_of(all.emplace_back().name); }};
}

template <typename Named>
std::vector<std::string> keys_of(const std::vector<Named>& all) {
  std::vector<std::string> keys;
  for (const Named& each : all) keys.push_back(each.name);
  return keys;
}

}  // namespace

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

void describe(Fields& fields, DropoutOptions& o) {
  fields("rate", o.rate, required(from_below(0.0, 1.0)));
}

void describe(Fields& fields, LayerOptions& o) {
  fields.choice("type", o, fields.extensions().layers);
}

void describe(Fields& fields, LayerEntry& o) {
  fields("use", if_not_empty(o.use));
  if (o.use.empty()) describe(fields, static_cast<LayerOptions&>(o));
  fields("name", if_not_empty(o.name));
  fields("inputs", if_not_empty(o.inputs));
  if (!o.use.empty()) return;
  fields("trainable", written_unless(o.trainable, true));
}

Value value_of(std::vector<InputOptions>& inputs) {
  const auto names = [&inputs] { return names_in(inputs); };
  const auto shapes = [&inputs] {
    return Map{.keys = [&inputs] { return keys_of(inputs); },
               .at = [&inputs](std::size_t i) { return value_of(inputs[i].shape); },
               .clear = [&inputs] { inputs.clear(); },
               .add =
                   [&inputs](const std::string& name) {
                     return value_of(inputs.emplace_back(InputOptions{name, {}}).shape);
                   }};
  };
  return Forms{.expected = "a list of names or a table of shapes",
               .forms = {{FormShape::list, names}, {FormShape::table, shapes}},
               .get = [&inputs, names, shapes]() -> Value {
                 for (const InputOptions& input : inputs) {
                   if (!input.shape.empty()) return shapes();
                 }
                 return names();
               }};
}

// What a loss has beside its name. `is_used`: whether the loss itself has an effect.
template <typename WithLoss>
void describe_details(Fields& fields, WithLoss& o, const LossOptions& loss, bool is_used) {
  const bool is_crossentropy =
      loss == LossKind::categorical_crossentropy || loss == LossKind::binary_crossentropy;
  fields("huber_delta", o.huber_delta,
         above(0.0).only_when(is_used && loss == LossKind::huber, "needs loss = \"huber\""));
  constexpr const char* needs = "needs a loss that is a cross-entropy";
  fields("label_smoothing", written_unless(o.label_smoothing, 0.0),
         from_below(0.0, 1.0).only_when(is_used && is_crossentropy, needs));
  fields("from_logits", written_unless(o.from_logits, false),
         any().only_when(is_used && is_crossentropy, needs));
}

void describe(Fields& fields, OutputOptions& o) {
  const std::vector<std::shared_ptr<const UserLossKind>> losses = fields.extensions().losses;
  fields("loss",
         Optional{
             .get = [&o, losses]() -> std::optional<Value> {
               if (!o.loss) return std::nullopt;
               return value_of(*o.loss, losses);
             },
             .emplace = [&o, losses] { return value_of(o.loss.emplace(LossKind::mse), losses); }});
  describe_details(fields, o, o.loss.value_or(LossKind::mse), o.loss.has_value());
  fields("loss_weight", o.loss_weight, at_least(0.0));
  fields("metrics", o.metrics);
  fields("weighted_metrics", o.weighted_metrics);
  fields("class_weight", if_not_empty(o.class_weight), at_least(0.0));
}

Value value_of(std::vector<OutputOptions>& outputs) {
  const auto names = [&outputs] { return names_in(outputs); };
  const auto tables = [&outputs] {
    return Map{.keys = [&outputs] { return keys_of(outputs); },
               .at = [&outputs](std::size_t i) { return value_of(outputs[i]); },
               .clear = [&outputs] { outputs.clear(); },
               .add =
                   [&outputs](const std::string& name) {
                     OutputOptions& output = outputs.emplace_back();
                     output.name = name;
                     return value_of(output);
                   }};
  };
  return Forms{.expected = "a list of names or a table of tables",
               .forms = {{FormShape::list, names}, {FormShape::table, tables}},
               .get = [&outputs, names, tables]() -> Value {
                 for (const OutputOptions& output : outputs) {
                   if (output != OutputOptions{.name = output.name}) return tables();
                 }
                 return names();
               }};
}

Value value_of(ClassWeightOptions& o) {
  const auto table = [&o] {
    return Map{.keys = [&o] { return keys_of(o.weights); },
               .at = [&o](std::size_t i) { return value_of(o.weights[i].weight); },
               .clear = [&o] { o.weights.clear(); },
               .add =
                   [&o](const std::string& name) {
                     return value_of(o.weights.emplace_back(ClassWeight{.name = name}).weight);
                   }};
  };
  const auto balanced = [&o] {
    return Name{.names = {"balanced"},
                .index = [] { return std::size_t{0}; },
                .assign = [&o](std::size_t) { o = {.balanced = true, .weights = {}}; }};
  };
  return Forms{.expected = "a table of weights by class or \"balanced\"",
               .forms = {{FormShape::known_name, balanced},
                         {FormShape::table,
                          [&o, table] {
                            o = {};
                            return table();
                          }}},
               .get = [&o, table, balanced]() -> Value {
                 if (o.balanced) return balanced();
                 return table();
               }};
}

void describe(Fields& fields, ReplacedLayer& o) {
  describe(fields, o.kind);
  fields("trainable", written_unless(o.trainable, true));
}

Value value_of(std::vector<ReplacedLayer>& layers) {
  return Map{.keys = [&layers] { return keys_of(layers); },
             .at = [&layers](std::size_t i) { return table_of(layers[i]); },
             .clear = [&layers] { layers.clear(); },
             .add =
                 [&layers](const std::string& name) {
                   ReplacedLayer& layer = layers.emplace_back();
                   layer.name = name;
                   return table_of(layer);
                 }};
}

void describe(Fields& fields, ModelOptions& o) {
  const auto only_layers = [&o](const Rule& rule) {
    return rule.only_when(!o.file, "cannot be given together with 'model.file'");
  };
  fields("file", o.file, path());
  fields("weights", o.weights, path());
  fields("replace", if_not_empty(o.replace),
         any().only_when(o.file.has_value(), "needs 'model.file'"));
  fields("layers", o.file ? if_not_empty(o.layers) : value_of(o.layers),
         o.file ? any() : required());
  fields("inputs", if_not_empty(o.inputs), only_layers(count()));
  fields("outputs", if_not_empty(o.outputs));
  fields("frozen", if_not_empty(o.frozen));
  // Whether each output has its own, so that the model's would be without effect.
  const auto all_have = [&o](const auto& own) {
    return !o.outputs.empty() && std::ranges::all_of(o.outputs, own);
  };
  const bool is_used = !all_have([](const OutputOptions& out) { return out.loss.has_value(); });
  const char* without_effect = "has no effect, as every output has its own";
  fields("loss", value_of(o.loss, fields.extensions().losses),
         (is_used ? required() : any()).only_when(is_used, without_effect));
  describe_details(fields, o, o.loss, is_used);
  fields(
      "metrics", o.metrics,
      any().only_when(!all_have([](const OutputOptions& out) { return out.metrics.has_value(); }),
                      without_effect));
  fields("weighted_metrics", if_not_empty(o.weighted_metrics),
         any().only_when(
             !all_have([](const OutputOptions& out) { return out.weighted_metrics.has_value(); }),
             without_effect));
  fields("class_weight", if_not_empty(o.class_weight), at_least(0.0));
}

}  // namespace tusk
