// SPDX-License-Identifier: Apache-2.0
#include "net/layers/axis.hpp"

#include "tusk/error.hpp"

namespace tusk::layers {

std::size_t axis_of_sample(std::int64_t axis, const Shape& shape, const std::string& key) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  if (axis == 0 || axis > rank || axis < -rank) {
    fail(ExitCode::bad_experiment,
         "{} must be an axis of the input's shape {}: between 1 and {}, or counted from the end "
         "between -1 and {}, but is {}",
         key, shape.to_string(), rank, -rank, axis);
  }
  return static_cast<std::size_t>(axis > 0 ? axis - 1 : rank + axis);
}

AroundAxis around_axis(const Shape& shape, std::size_t axis) {
  AroundAxis around{.extent = shape[axis]};
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (i != axis) (i < axis ? around.outer : around.inner) *= shape[i];
  }
  return around;
}

}  // namespace tusk::layers
