// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/matrix.hpp"

namespace tusk {

// What a batch should have been answered with: one of the two views is set.
// `classes`: a class index a sample, for the cross-entropies.
// `values`: (outputs, batch): one-hot rows, probabilities, or targets of a regression.
struct Targets {
  std::span<const std::int32_t> classes;
  ConstMatrix values;

  bool are_classes() const { return values.data() == nullptr; }
  std::size_t batch() const { return are_classes() ? classes.size() : values.cols(); }
};

}  // namespace tusk
