// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/transforms/transforms.hpp"
#include "tusk/targets.hpp"

namespace tusk::samples {

// What the labels of a data set mean to a model.
struct LabelFormat {
  enum class Kind {
    classes,  // one integer a sample, an index in [0, width)
    values,   // `width` numbers a sample, each in [low, high]
  };
  Kind kind = Kind::classes;
  std::size_t width = 0;  // the model's outputs
  double low = -std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::max();
  std::optional<double> positive{};  // labels of this value become 1 when read, all others 0
  std::optional<transforms::Transforms> transforms{};  // of values: what is done to them when read
  std::vector<double> class_weights{};  // how much each class counts, by index; empty: all alike

  // How many classes there are if the labels tell classes: 2 of a single value.
  std::size_t classes() const { return std::max<std::size_t>(width, 2); }
};

// Of each array of labels, in the data set's order; none where labels are not read.
struct LabelFormats : std::vector<LabelFormat> {
  LabelFormats() = default;
  LabelFormats(const LabelFormat* of_one) {  // NOLINT: of one array; null: of none
    if (of_one != nullptr) push_back(*of_one);
  }
  LabelFormats(std::vector<LabelFormat> each) : vector(std::move(each)) {}  // NOLINT
};

// What the (first) labels of a data set are. Labels [N] are class indices for a loss that takes
// classes and the target of the one output for the others; labels [N, K] are one-hot rows,
// probabilities or targets of K outputs. Values lie in [0, 1] but for a loss that takes any.
// Error(bad_data) if the labels' width is not the model's number of outputs, or not 1 where the
// transforms have one for the label. `owner`: whose outputs these are, for messages.
LabelFormat label_format(const datasets::Dataset& dataset, LabelKind kind, std::size_t outputs,
                         const transforms::Transforms& transforms,
                         const std::string& owner = "the model", std::size_t label = 0);

}  // namespace tusk::samples
