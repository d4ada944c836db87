// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tusk/matrix.hpp"

namespace tusk {

// What the labels of a data set are to a loss. Labels of several numbers a sample are never
// indices.
enum class LabelKind {
  classes,        // one number is the index of a class; several are its one-hot row, or
                  // probabilities from 0 to 1
  probabilities,  // numbers from 0 to 1, one an output
  values,         // any finite numbers to be met, one an output
};

// What a batch should have been answered with: one of the two views is set.
// `classes`: a class index a sample, for losses that take LabelKind::classes.
// `values`: (outputs, batch): one-hot rows, probabilities, or targets of a regression.
struct Targets {
  std::span<const std::int32_t> classes;
  ConstMatrix values;

  bool are_classes() const { return values.data() == nullptr; }
  std::size_t batch() const { return are_classes() ? classes.size() : values.cols(); }
};

}  // namespace tusk
