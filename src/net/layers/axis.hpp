// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tusk/shape.hpp"

namespace tusk::layers {

// The axis of a sample that Keras's number means: from 1, as the batch is 0, or from the end, from
// −1. Error(bad_experiment) that begins with `key`, as in "model.layers.2.axis", if a sample of
// this shape has no such axis.
std::size_t axis_of_sample(std::int64_t axis, const Shape& shape, const std::string& key);

// A sample as (outer, extent, inner) around one of its axes, row-major.
struct AroundAxis {
  std::size_t outer = 1;
  std::size_t extent = 1;
  std::size_t inner = 1;
};
AroundAxis around_axis(const Shape& shape, std::size_t axis);

}  // namespace tusk::layers
