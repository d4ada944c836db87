// SPDX-License-Identifier: Apache-2.0
#include "run/training/data_files.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "core/near_miss.hpp"
#include "data/datasets/column_names.hpp"
#include "net/formats/change_head.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

template <typename Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const Named& each : all) names.push_back(each.name);
  return names;
}

// The data sets of a key that may be a table by input or output, in the order of these. `role`:
// "input" or "output".
std::vector<std::string> in_order(const ArrayOptions& arrays,
                                  const std::vector<std::string>& owners, const char* key,
                                  const std::string& role, bool of_each) {
  if (arrays.datasets.empty()) {
    fail(ExitCode::bad_experiment, "data.{} names no data set", key);
  }
  if (arrays.owners.empty()) return arrays.datasets;
  if (owners.empty()) {
    fail(ExitCode::bad_experiment,
         "data.{} is a table by {}, but model.{}s gives none a name: name them there, or the data "
         "set as a string",
         key, role, role);
  }
  for (const std::string& owner : arrays.owners) {
    if (std::ranges::find(owners, owner) != owners.end()) continue;
    fail(ExitCode::bad_experiment, "data.{}: the model has no {} '{}'; it has {}{}", key, role,
         owner, fmt::join(owners, ", "), did_you_mean(owner, owners));
  }
  std::vector<std::string> datasets;
  for (const std::string& owner : owners) {
    const auto found = std::ranges::find(arrays.owners, owner);
    if (found == arrays.owners.end() && of_each) {
      fail(ExitCode::bad_experiment, "data.{} names no data set for the model's {} '{}'", key, role,
           owner);
    }
    datasets.push_back(
        found == arrays.owners.end()
            ? ""
            : arrays.datasets[static_cast<std::size_t>(found - arrays.owners.begin())]);
  }
  return datasets;
}

// Opens the files that validate or test, if there are any; they must be like the training files.
std::optional<datasets::Dataset> open_beside(const datasets::ArrayNames& names,
                                             const std::optional<FileList>& files,
                                             const datasets::Dataset& train) {
  if (!files) return std::nullopt;
  auto dataset = datasets::Dataset::open(*files, names);
  for (std::size_t i = 0; i < train.inputs(); ++i) {
    const Shape sample = train.sample_shape(i);
    if (dataset.sample_shape(i) != sample) {
      fail(ExitCode::bad_data, "{}: samples of '{}' are {}, but those of {} are {}", dataset.path(),
           names.features[i], dataset.sample_shape(i).to_string(), train.path(),
           sample.to_string());
    }
    datasets::check_same_columns(dataset.path(), dataset.column_names(i), train.path(),
                                 train.column_names(i));
  }
  for (std::size_t i = 0; i < train.labels_count(); ++i) {
    datasets::check_same_classes(dataset.path(), names.label[i], dataset.class_names(i),
                                 train.path(), train.class_names(i));
  }
  return dataset;
}

// Whether something is named by the model's inputs or outputs, and not in their order.
bool needs_names(const DataOptions& options) {
  return !options.features.owners.empty() || !options.label.owners.empty() ||
         (options.sample_weight && !options.sample_weight->owners.empty());
}

}  // namespace

ModelNames model_names(const ModelOptions& options, const formats::ModelContent* origin) {
  ModelNames names{.inputs = names_of(origin != nullptr ? origin->inputs : options.inputs),
                   .outputs = names_of(options.outputs)};
  if (names.outputs.empty() && origin != nullptr) names.outputs = names_of(origin->outputs);
  return names;
}

datasets::ArrayNames array_names(const Experiment& experiment, const ModelNames& model) {
  const DataOptions& options = experiment.data;
  datasets::ArrayNames names{
      .features = in_order(options.features, model.inputs, "features", "input", true),
      .label = in_order(options.label, model.outputs, "label", "output", true)};
  if (options.sample_weight) {
    names.weight =
        in_order(*options.sample_weight, model.outputs, "sample_weight", "output", false);
  }
  const auto& outputs = experiment.model.outputs;
  const bool weighs_apart =
      outputs.size() > 1 && std::ranges::any_of(outputs, [](const OutputOptions& output) {
        return !output.class_weight.empty();
      });
  const std::size_t apart = weighs_apart ? outputs.size() : names.weight.size();
  if (names.label.size() == 1 && apart > 1) names.label.resize(apart, std::string(names.label[0]));
  if (names.weight.size() > 1 && names.weight.size() != names.label.size()) {
    fail(ExitCode::bad_experiment,
         "data.sample_weight names {} data sets, but data.label names {}: give one for all outputs "
         "or one for each",
         names.weight.size(), names.label.size());
  }
  return names;
}

std::optional<formats::ModelContent> read_model_file(const ModelOptions& options,
                                                     const Extensions& extensions) {
  if (!options.file) return std::nullopt;
  formats::ModelContent content =
      formats::load_model(*options.file, extensions, options.weights.value_or(""));
  formats::change_head(content, options);
  return content;
}

DataFiles open_data_files(const Experiment& experiment, const Extensions& extensions) {
  const DataOptions& options = experiment.data;
  std::optional<formats::ModelContent> origin;
  if (needs_names(options)) origin = read_model_file(experiment.model, extensions);
  const datasets::ArrayNames names =
      array_names(experiment, model_names(experiment.model, origin ? &*origin : nullptr));
  datasets::ArrayNames of_train = names;
  of_train.group = options.validation_group;
  DataFiles files{names, datasets::Dataset::open(options.train, of_train), {}, {}};
  files.test = open_beside(names, options.test, files.train);
  files.validation = open_beside(names, options.validation, files.train);
  return files;
}

std::vector<checkpoint::DataFile> identify(const DataFiles& files) {
  std::vector<checkpoint::DataFile> all;
  const auto add = [&](const char* part, const std::vector<hdf5::File>& opened) {
    for (auto& file : checkpoint::identify(part, opened)) all.push_back(std::move(file));
  };
  add("train", files.train.files());
  if (files.validation) add("validation", files.validation->files());
  if (files.test) add("test", files.test->files());
  return all;
}

}  // namespace tusk::training
