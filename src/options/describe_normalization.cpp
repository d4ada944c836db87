// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Layers that normalize.
namespace tusk {

using namespace options;

Value value_of(AxesOptions& axes) {
  const auto list = [&axes] { return options::value_of(axes.values); };
  return Forms{.expected = "an axis, or a list of axes",
               .forms = {{FormShape::number,
                          [&axes] {
                            axes.values.assign(1, 0);
                            return options::value_of(axes.values.front());
                          }},
                         {FormShape::list, list}},
               .get = [&axes, list]() -> Value {
                 if (axes.values.size() != 1) return list();
                 return options::value_of(axes.values.front());
               }};
}

namespace {

// γ and β.
void describe_affine(Fields& fields, auto& o) {
  fields("center", o.center);
  fields("scale", o.scale);
  fields("beta_initializer", o.beta_initializer, any().only_when(o.center, "needs center = true"));
  fields("gamma_initializer", o.gamma_initializer, any().only_when(o.scale, "needs scale = true"));
}

}  // namespace

void describe(Fields& fields, BatchNormalizationOptions& o) {
  fields("axis", o.axis, signed_index());
  fields("momentum", o.momentum, between(0.0, 1.0));
  fields("epsilon", o.epsilon, above(0.0));
  describe_affine(fields, o);
  fields("moving_mean_initializer", o.moving_mean_initializer);
  fields("moving_variance_initializer", o.moving_variance_initializer);
}

void describe(Fields& fields, LayerNormalizationOptions& o) {
  fields("axis", o.axis, signed_index());
  fields("epsilon", o.epsilon, above(0.0));
  describe_affine(fields, o);
}

void describe(Fields& fields, NormalizationOptions& o) {
  fields("axis", o.axis, signed_index());
  fields("mean", o.mean);
  fields("variance", o.variance, at_least(0.0).only_when(o.mean.has_value(), "needs mean, too"));
  fields("invert", o.invert);
}

void describe(Fields& fields, RescalingOptions& o) {
  fields("scale", o.scale);
  fields("offset", o.offset);
}

}  // namespace tusk
