// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// Layers that give a sample another shape.
namespace tusk {

using namespace options;

void describe(Fields&, FlattenOptions&) {}

void describe(Fields& fields, ReshapeOptions& o) {
  Rule extents = count();
  extents.interval.min = -1.0;
  fields("target_shape", o.target_shape, required(extents));
}

void describe(Fields& fields, PermuteOptions& o) { fields("dims", o.dims, required(count())); }

void describe(Fields& fields, RepeatVectorOptions& o) { fields("n", o.n, required(count())); }

}  // namespace tusk
