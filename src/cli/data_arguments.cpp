// SPDX-License-Identifier: Apache-2.0
#include "cli/data_arguments.hpp"

#include <optional>

#include "data/datasets/column_names.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/combined_outputs.hpp"

namespace tusk::cli {

std::vector<Argument> data_arguments(DataArguments& arguments, DataUse use) {
  std::vector<Argument> all{
      {.name = "MODEL.h5",
       .place = &arguments.model,
       .help = "A model file, Tusk's or Keras's HDF5, a model's JSON, or an ensemble.json",
       .required = true},
      {.name = "DATA.h5",
       .place = &arguments.data,
       .help = "A data set, HDF5",
       .required = use == DataUse::score},
      {.name = "--weights",
       .place = &arguments.weights,
       .help = "The model's weights, HDF5, where they are in a file of their own",
       .value_text = "FILE.h5"},
      {.name = "--features",
       .place = &arguments.features,
       .help = "The features in the data set",
       .shows_default = true,
       .is_dataset_name = true},
      {.name = "--combine",
       .place = &arguments.combine,
       .help = "What to make of an ensemble's members: the mean of their outputs or their vote",
       .shows_default = true,
       .one_of = {"mean", "vote"}}};
  if (use == DataUse::score) {
    all.push_back({.name = "--label",
                   .place = &arguments.label,
                   .help = "The labels in the data set",
                   .shows_default = true,
                   .is_dataset_name = true});
    all.push_back({.name = "--sample-weight",
                   .place = &arguments.sample_weight,
                   .help = "The data set that says how much each row counts, in every number; "
                           "without it all count alike",
                   .value_text = "NAME",
                   .is_dataset_name = true});
  }
  return all;
}

evaluation::Combine combination(const DataArguments& arguments) {
  return arguments.combine == "vote" ? evaluation::Combine::vote : evaluation::Combine::mean;
}

datasets::Dataset open_for(const evaluation::TrainedModel& model, const DataArguments& arguments,
                           bool with_label) {
  const auto label = with_label ? std::optional(arguments.label) : std::nullopt;
  const auto weight = with_label ? arguments.sample_weight : std::nullopt;
  datasets::Dataset dataset =
      datasets::Dataset::open(arguments.data, {arguments.features, label, weight});
  evaluation::check_samples(evaluation::views_of({&model, 1}).front(), arguments.model, dataset);
  datasets::check_same_columns(arguments.data, dataset.column_names(), arguments.model,
                               model.columns);
  return dataset;
}

}  // namespace tusk::cli
