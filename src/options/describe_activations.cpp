// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Activations that are layers of their own.
namespace tusk {

using namespace options;

void describe(Fields& fields, ActivationOptions& o) {
  fields("activation", o.activation, required());
}

void describe(Fields& fields, ReluOptions& o) {
  fields("max_value", o.max_value, at_least(0.0));
  fields("negative_slope", o.negative_slope, at_least(0.0));
  fields("threshold", o.threshold, at_least(0.0));
}

void describe(Fields& fields, LeakyReluOptions& o) {
  fields("negative_slope", o.negative_slope, at_least(0.0));
}

void describe(Fields& fields, PreluOptions& o) {
  fields("alpha_initializer", o.alpha_initializer);
  fields("shared_axes", o.shared_axes, count());
}

void describe(Fields& fields, EluOptions& o) { fields("alpha", o.alpha); }

void describe(Fields& fields, SoftmaxOptions& o) { fields("axis", o.axis, signed_index()); }

}  // namespace tusk
