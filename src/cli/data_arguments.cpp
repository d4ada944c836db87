// SPDX-License-Identifier: Apache-2.0
#include "tusk/cli/data_arguments.hpp"

#include <CLI/CLI.hpp>
#include <optional>

#include "dataset_name.hpp"
#include "tusk/io/column_names.hpp"
#include "tusk/io/file.hpp"
#include "tusk/training/answers.hpp"
#include "tusk/training/combined_outputs.hpp"

namespace tusk::cli {

void add_data_arguments(CLI::App& command, DataArguments& arguments, bool with_label) {
  command
      .add_option("MODEL.h5", arguments.model,
                  "A model file, Tusk's or Keras's HDF5, or an ensemble.json")
      ->required()
      ->option_text(" ");
  command.add_option("DATA.h5", arguments.data, "A data set, HDF5")->required()->option_text(" ");
  command.add_option("--features", arguments.features, "The features in the data set")
      ->capture_default_str()
      ->check(dataset_name());
  command
      .add_option("--combine", arguments.combine,
                  "What to make of an ensemble's members: the mean of their outputs or their vote")
      ->capture_default_str()
      ->check(CLI::IsMember({"mean", "vote"}));
  if (with_label) {
    command.add_option("--label", arguments.label, "The labels in the data set")
        ->capture_default_str()
        ->check(dataset_name());
  }
}

training::Combine combination(const DataArguments& arguments) {
  return arguments.combine == "vote" ? training::Combine::vote : training::Combine::mean;
}

data::Dataset open_for(const training::TrainedModel& model, const DataArguments& arguments,
                       bool with_label) {
  const auto label = with_label ? std::optional(arguments.label) : std::nullopt;
  data::Dataset dataset = data::Dataset::open(arguments.data, arguments.features, label);
  training::check_samples(training::views_of({&model, 1}).front(), arguments.model, dataset);
  const io::File file = io::File::open(arguments.data);
  io::check_same_columns(arguments.data, io::read_column_names(file, arguments.features),
                         arguments.model, model.columns);
  return dataset;
}

}  // namespace tusk::cli
