// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiment/normalization_options.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {

// The axes of a sample of this shape, counted from 0, in order. Error(bad_experiment) for the
// batch's axis, for one that is not there, and for one twice.
std::vector<std::size_t> axes_of_sample(const AxesOptions& axes, const Shape& shape,
                                        const std::string& key);

// How an axis lies in the row-major numbers of samples: a number's channel is (i / inner) % count.
struct Channels {
  std::size_t count = 1;
  std::size_t inner = 1;

  // The axis of options that have to have one. Error(bad_experiment) if they have not.
  static Channels of_axis(const AxesOptions& axes, const Shape& shape, const std::string& key);

  // The rows in which sums over all but this axis are taken: some channels behind each other, so
  // that they are not too short.
  std::size_t row() const;

  std::size_t channel(std::size_t i) const { return i / inner % count; }
};

}  // namespace tusk::layers
