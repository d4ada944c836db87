// SPDX-License-Identifier: Apache-2.0
#include "net/layers/axes.hpp"

#include <algorithm>

#include "net/kernels/column_sums.hpp"
#include "net/layers/axis.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {

std::vector<std::size_t> axes_of_sample(const AxesOptions& axes, const Shape& shape,
                                        const std::string& key) {
  std::vector<std::size_t> found;
  for (const std::int64_t axis : axes.values) {
    found.push_back(axis_of_sample(axis, shape, key + ".axis"));
  }
  std::ranges::sort(found);
  if (found.empty() || std::ranges::adjacent_find(found) != found.end()) {
    fail(ExitCode::bad_experiment, "{}.axis must name at least one axis, and none twice", key);
  }
  return found;
}

Channels Channels::of_axis(const AxesOptions& axes, const Shape& shape, const std::string& key) {
  const std::vector<std::size_t> found = axes_of_sample(axes, shape, key);
  if (found.size() > 1) {
    fail(ExitCode::bad_experiment, "{}.axis must be one axis, but names {}", key, found.size());
  }
  Channels channels{.count = shape[found.front()]};
  for (std::size_t axis = found.front() + 1; axis < shape.rank(); ++axis) {
    channels.inner *= shape[axis];
  }
  return channels;
}

std::size_t Channels::row() const {
  const std::size_t all = count * inner;
  return all * std::max<std::size_t>(1, kernels::ColumnSums::strip / all);
}

}  // namespace tusk::layers
