// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/datasets/dataset.hpp"
#include "use/evaluation/combined_outputs.hpp"
#include "use/evaluation/trained_model.hpp"

namespace CLI {
class App;
}

namespace tusk::cli {

// The arguments of every command that applies a model to a data set: MODEL.h5 DATA.h5 --features …
struct DataArguments {
  std::string model;
  std::string data;
  std::string features = "features";
  std::string label = "label";
  std::string combine = "mean";
};

// Adds them to a subcommand. `arguments` must outlive the parsing.
void add_data_arguments(CLI::App& command, DataArguments& arguments, bool with_label);

// How an ensemble's members are to be combined.
evaluation::Combine combination(const DataArguments& arguments);

// Opens the data set and checks that its samples are, once transformed, what the model takes, and
// that its columns have the names of those it was trained on: else Error(bad_data).
datasets::Dataset open_for(const evaluation::TrainedModel& model, const DataArguments& arguments,
                           bool with_label);

}  // namespace tusk::cli
