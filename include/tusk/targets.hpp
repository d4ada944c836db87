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
// `weights`: how much each sample counts, one a sample, or none: 1 each. The model weighs; a loss
// need not look at them.
struct Targets {
  std::span<const std::int32_t> classes;
  ConstMatrix values;
  std::span<const double> weights = {};

  bool are_classes() const { return values.data() == nullptr; }
  std::size_t batch() const { return are_classes() ? classes.size() : values.cols(); }

  // Those of one sample, without its weight.
  Targets sample(std::size_t index) const {
    if (are_classes()) return {.classes = classes.subspan(index, 1), .values = {}};
    return {.classes = {}, .values = {values.col(index).data(), values.rows(), 1}};
  }
};

}  // namespace tusk
