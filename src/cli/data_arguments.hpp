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
  std::optional<std::string> features;  // several: "jets,event", or "jets=events/jets,event=event"
  std::optional<std::string> label;
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

// Opens the data set and checks that its samples are, once transformed, what the model takes, and
// that its columns have the names of those it was trained on: else Error(bad_data). Arrays are
// those that an argument names, by order or by the names of inputs and outputs (Error(usage) for
// other names); without it those that the model was trained on, as its file says. Where it does not
// say, or the only one is not there, they are `features` and `label`.
datasets::Dataset open_for(const evaluation::TrainedModel& model, const DataArguments& arguments,
                           bool with_label);

}  // namespace tusk::cli
