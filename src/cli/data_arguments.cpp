// SPDX-License-Identifier: Apache-2.0
#include "cli/data_arguments.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "data/datasets/column_names.hpp"
#include "data/datasets/find_files.hpp"
#include "data/hdf5/file.hpp"
#include "tusk/error.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/combined_outputs.hpp"

namespace tusk::cli {

std::vector<Argument> data_arguments(DataArguments& arguments, DataUse use) {
  std::vector<Argument> all{
      {.name = "MODEL.h5",
       .place = &arguments.model,
       .help = "A model: Tusk's, Keras's (.h5, .keras), its JSON, or an ensemble.json",
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
       .help = "The features in the data set [those of the training, or features] or a line "
               "[features]; of several inputs NAME,NAME in their order or INPUT=NAME,...",
       .value_text = "NAME",
       .is_dataset_name = true},
      {.name = "--combine",
       .place = &arguments.combine,
       .help = "What to make of an ensemble's members: the mean of their outputs or their vote",
       .shows_default = true,
       .one_of = {"mean", "vote"}}};
  if (use == DataUse::score) {
    all.push_back({.name = "--label",
                   .place = &arguments.label,
                   .help = "The labels in the data set [those of the training, or label]; of "
                           "several outputs one for all or, as the features, one for each",
                   .value_text = "NAME",
                   .is_dataset_name = true});
    all.push_back({.name = "--sample-weight",
                   .place = &arguments.sample_weight,
                   .help = "The data set that says how much each row counts, in every number; "
                           "without it all count alike. Of several outputs one for all, NAME,NAME "
                           "in their order or OUTPUT=NAME,... for some",
                   .value_text = "NAME",
                   .is_dataset_name = true});
  }
  return all;
}

evaluation::Combine combination(const DataArguments& arguments) {
  return arguments.combine == "vote" ? evaluation::Combine::vote : evaluation::Combine::mean;
}

namespace {

std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> pieces{""};
  for (const char c : text) {
    if (c == ',') {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

// "a,b" or "x=a,y=b", in the order of x and y, which are called `role`; "" for one that is not
// named, unless each has to be.
std::vector<std::string> in_order(const std::string& text, const std::vector<std::string>& owners,
                                  const std::string& option, const std::string& role,
                                  bool of_each = true) {
  std::vector<std::string> names = pieces_of(text);
  const auto ends = [](const std::string& piece) { return piece.empty() || piece.back() == '='; };
  if (std::ranges::any_of(names, ends)) {
    fail(ExitCode::usage, "{} {}: a name of a data set is empty", option, text);
  }
  if (text.find('=') == std::string::npos) return names;
  std::vector<std::string> ordered(owners.size());
  for (const std::string& piece : names) {
    const std::size_t end = std::min(piece.find('='), piece.size());
    const auto owner = std::ranges::find(owners, piece.substr(0, end));
    if (owner == owners.end() || end == piece.size()) {
      fail(ExitCode::usage, "{} {}: '{}' is not {}=DATASET; the model has {}", option, text, piece,
           role, fmt::join(owners, ", "));
    }
    std::string& name = ordered[static_cast<std::size_t>(owner - owners.begin())];
    if (!name.empty()) fail(ExitCode::usage, "{} {}: names '{}' twice", option, text, *owner);
    name = piece.substr(end + 1);
  }
  for (std::size_t i = 0; i < owners.size() && of_each; ++i) {
    if (!ordered[i].empty()) continue;
    fail(ExitCode::usage, "{} {}: names no data set for the model's {} '{}'", option, text, role,
         owners[i]);
  }
  return ordered;
}

template <typename Named>
std::vector<std::string> names_in(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const Named& each : all) names.push_back(each.name);
  return names;
}

// Those that the model was trained on. Where that is a single one which the files have not, or none
// is known: `otherwise`.
template <typename Data>
std::vector<std::string> trained_on(const std::vector<Data>& all, const std::string& files,
                                    const char* otherwise) {
  std::vector<std::string> names;
  for (const Data& each : all) names.push_back(each.dataset);
  if (names.empty()) return {otherwise};
  if (names.size() > 1 || names[0] == otherwise) return names;
  const hdf5::File first = hdf5::File::open(datasets::find_files(files).front());
  if (!first.has_dataset(names[0]) && first.has_dataset(otherwise)) return {otherwise};
  return names;
}

std::vector<std::string> feature_names(const evaluation::TrainedModel& model,
                                       const DataArguments& arguments) {
  const auto& inputs = model.model.inputs();
  std::vector<std::string> names;
  if (!arguments.features) {
    names = trained_on(model.input_data, arguments.data, "features");
  } else if (inputs.size() == 1) {
    return {*arguments.features};
  } else {
    names = in_order(*arguments.features, names_in(inputs), "--features", "input");
  }
  if (names.size() == inputs.size()) return names;
  fail(ExitCode::usage, "--features {}: {} has {} inputs, {}; name a data set for each",
       arguments.features.value_or("NAME,NAME"), arguments.model, inputs.size(),
       fmt::join(names_in(inputs), ", "));
}

// What an argument of outputs names: one data set for all, or one for each, "" where it names none
// for an output and need not.
std::vector<std::string> names_by_output(const evaluation::TrainedModel& model,
                                         const DataArguments& arguments, const std::string& text,
                                         const char* option, bool of_each) {
  const auto& outputs = model.model.outputs();
  if (outputs.size() == 1) return {text};
  std::vector<std::string> names = in_order(text, names_in(outputs), option, "output", of_each);
  if (names.size() == 1 || names.size() == outputs.size()) return names;
  fail(ExitCode::usage, "{} {}: {} has {} outputs, {}; name one data set or one for each", option,
       text, arguments.model, outputs.size(), fmt::join(names_in(outputs), ", "));
}

std::vector<std::string> label_names(const evaluation::TrainedModel& model,
                                     const DataArguments& arguments) {
  if (!arguments.label) return trained_on(model.label_data, arguments.data, "label");
  return names_by_output(model, arguments, *arguments.label, "--label", true);
}

std::vector<std::string> weight_names(const evaluation::TrainedModel& model,
                                      const DataArguments& arguments) {
  if (!arguments.sample_weight) return {};
  return names_by_output(model, arguments, *arguments.sample_weight, "--sample-weight", false);
}

}  // namespace

datasets::Dataset open_for(const evaluation::TrainedModel& model, const DataArguments& arguments,
                           bool with_label) {
  datasets::ArrayNames names{.features = feature_names(model, arguments)};
  if (with_label) {
    names.label = label_names(model, arguments);
    names.weight = weight_names(model, arguments);
    if (names.label.size() == 1 && names.weight.size() > 1) {
      names.label.resize(names.weight.size(), std::string(names.label[0]));
    }
  }
  datasets::Dataset dataset = datasets::Dataset::open(arguments.data, names);
  evaluation::check_samples(evaluation::views_of({&model, 1}).front(), arguments.model, dataset);
  for (std::size_t i = 0; i < dataset.inputs(); ++i) {
    const bool is_first = i == 0 && model.input_data.size() < 2;
    if (!is_first && i >= model.input_data.size()) continue;
    datasets::check_same_columns(arguments.data, dataset.column_names(i), arguments.model,
                                 is_first ? model.columns : model.input_data[i].columns);
  }
  return dataset;
}

}  // namespace tusk::cli
