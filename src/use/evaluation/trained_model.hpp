// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/datasets/column_names.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/model_options.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/extensions.hpp"

namespace tusk::evaluation {

// A model file made ready to compute with.
struct TrainedModel {
  graph::Model model;
  bool
      classifies;  // trained on a cross-entropy, or has class names: (first) outputs are of classes
  AlignedVector<float> weights;
  transforms::ArrayTransforms transforms;  // of each input
  std::vector<std::string> class_names;    // of the (first) output
  datasets::ColumnNames columns;           // of the (first input's) rows it was trained on

  // Of each input and of the labels of all outputs or of each, as the file has them; empty where it
  // does not say.
  std::vector<formats::InputData> input_data{};
  std::vector<formats::LabelData> label_data{};
};

// The same of one output: whether its numbers are of classes, and their names.
bool classifies(const TrainedModel& model, std::size_t output);
const std::vector<std::string>& class_names_of(const TrainedModel& model, std::size_t output);

// What scores are wanted of a model, instead of those it was trained with.
struct Scoring {
  std::optional<LossOptions> loss;
  std::vector<MetricKind> metrics;
  bool weighted = false;  // every metric by the rows' weights
};

// Reads a model file, Tusk's or Keras's, which may have objects of `extensions`; its weights are in
// another file if `weights` names one. Error(no_input), Error(bad_data).
TrainedModel load_for_prediction(const std::string& path, const Extensions& extensions,
                                 const std::string& weights = "");

// The same; a file that names no loss is Error(bad_data) unless `scoring` does.
TrainedModel load_for_evaluation(const std::string& path, const Scoring& scoring,
                                 const Extensions& extensions, const std::string& weights = "");

}  // namespace tusk::evaluation
