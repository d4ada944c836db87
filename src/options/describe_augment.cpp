// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// The entries of data.augment.
namespace tusk {

using namespace options;

void describe(Fields& fields, RandomFlip& o) { fields("mode", o.mode); }

void describe(Fields& fields, RandomTranslation& o) {
  fields("height_factor", o.height_factor, required(between(0.0, 1.0)));
  fields("width_factor", o.width_factor, required(between(0.0, 1.0)));
  fields("fill_mode", o.fill_mode);
  fields("fill_value", o.fill_value);
}

void describe(Fields& fields, RandomCrop& o) {
  fields("padding", o.padding, required(count()));
  fields("fill_mode", o.fill_mode);
  fields("fill_value", o.fill_value);
}

void describe(Fields& /*fields*/, RandomQuarterTurn& /*o*/) {}

void describe(Fields& fields, GaussianNoise& o) {
  fields("stddev", o.stddev, required(at_least(0.0)));
}

void describe(Fields& fields, Mixup& o) { fields("alpha", o.alpha, above(0.0)); }

void describe(Fields& fields, AugmentOptions& o) { fields.choice("type", o); }

}  // namespace tusk
