// SPDX-License-Identifier: Apache-2.0
#include "cli/data_arguments.hpp"

#include <CLI/CLI.hpp>
#include <optional>

#include "cli/dataset_name.hpp"
#include "data/datasets/column_names.hpp"
#include "data/hdf5/file.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/combined_outputs.hpp"

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

evaluation::Combine combination(const DataArguments& arguments) {
  return arguments.combine == "vote" ? evaluation::Combine::vote : evaluation::Combine::mean;
}

datasets::Dataset open_for(const evaluation::TrainedModel& model, const DataArguments& arguments,
                           bool with_label) {
  const auto label = with_label ? std::optional(arguments.label) : std::nullopt;
  datasets::Dataset dataset = datasets::Dataset::open(arguments.data, arguments.features, label);
  evaluation::check_samples(evaluation::views_of({&model, 1}).front(), arguments.model, dataset);
  const hdf5::File file = hdf5::File::open(arguments.data);
  datasets::check_same_columns(arguments.data,
                               datasets::read_column_names(file, arguments.features),
                               arguments.model, model.columns);
  return dataset;
}

}  // namespace tusk::cli
