// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "data/datasets/dataset.hpp"
#include "use/evaluation/combined_outputs.hpp"
#include "use/evaluation/trained_model.hpp"

namespace tusk::cli {

// The arguments of every command that applies a model to a data set: MODEL.h5 DATA.h5 --features …
struct DataArguments {
  std::string model;
  std::string weights;
  std::string data;
  std::string features = "features";  // several: "jets,event", or "jets=events/jets,event=event"
  std::string label = "label";
  std::optional<std::string> sample_weight;  // of several outputs as features, or for some of them
  std::string combine = "mean";
};

// What a command does with the data set: compare its labels with the model's outputs, or do without
// labels and, for a stream, without a data set.
enum class DataUse { score, predict };

// How the command line gives them. `arguments` must outlive what is returned.
std::vector<Argument> data_arguments(DataArguments& arguments, DataUse use);

// How an ensemble's members are to be combined.
evaluation::Combine combination(const DataArguments& arguments);

// The data sets of the model's inputs, or of its outputs' labels: those that an argument names, by
// order or by the names of inputs and outputs. Where it is the default, and the model file says
// which several data sets the model was trained on, these. Error(usage) for other names.
std::vector<std::string> feature_names(const evaluation::TrainedModel& model,
                                       const DataArguments& arguments);
std::vector<std::string> label_names(const evaluation::TrainedModel& model,
                                     const DataArguments& arguments);

// Those that --sample-weight names: one for all outputs, or one for each, "" for an output whose
// rows count alike. Error(usage) for other names.
std::vector<std::string> weight_names(const evaluation::TrainedModel& model,
                                      const DataArguments& arguments);

// Opens the data set and checks that its samples are, once transformed, what the model takes, and
// that its columns have the names of those it was trained on: else Error(bad_data).
datasets::Dataset open_for(const evaluation::TrainedModel& model, const DataArguments& arguments,
                           bool with_label);

}  // namespace tusk::cli
