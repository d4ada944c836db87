// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"
#include "tusk/extensions.hpp"

// The entries of data.transforms.
namespace tusk {

using namespace options;

void describe(Fields& fields, ScaleTransform& o) {
  fields("factor", o.factor);
  fields("offset", o.offset);
  fields("columns", o.columns);
}

void describe(Fields& fields, StandardTransform& o) { fields("columns", o.columns); }

void describe(Fields& fields, MinmaxTransform& o) {
  fields("low", o.low);
  fields("high", o.high, o.low < o.high ? above(o.low) : required(above(o.low)));
  fields("columns", o.columns);
}

void describe(Fields& fields, NormalizeTransform& o) {
  fields("p", o.p, at_least(1.0));
  fields("columns", o.columns);
}

void describe(Fields& fields, MissingTransform& o) {
  fields("value", o.value, required());
  fields("fill", o.fill, required());
  fields("columns", o.columns);
}

void describe(Fields& fields, OneHotTransform& o) {
  fields("column", o.column, required());
  fields("unknown", o.unknown);
}

void describe(Fields& fields, ClipTransform& o) {
  fields("low", o.low);
  fields("high", o.high, o.low ? above(*o.low) : required());
  fields("columns", o.columns);
}

void describe(Fields& fields, LogTransform& o) {
  fields("offset", o.offset);
  fields("columns", o.columns);
}

void describe(Fields& fields, ReshapeTransform& o) { fields("shape", o.shape, required(count())); }

void describe(Fields& fields, BinaryLabelTransform& o) {
  fields("positive", o.positive, required());
}

void describe(Fields& fields, TransformOptions& o) {
  fields.choice("type", o, fields.extensions().transforms);
}

}  // namespace tusk
