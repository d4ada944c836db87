// SPDX-License-Identifier: Apache-2.0
#include "run/training/data_files.hpp"

#include <utility>

#include "data/datasets/column_names.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

// Opens the files that validate or test, if there are any; they must be like the training files.
std::optional<datasets::Dataset> open_beside(const DataOptions& options,
                                             const std::optional<FileList>& files,
                                             const datasets::Dataset& train) {
  if (!files) return std::nullopt;
  auto dataset = datasets::Dataset::open(*files, array_names(options));
  const Shape sample = train.sample_shape();
  if (dataset.sample_shape() != sample) {
    fail(ExitCode::bad_data, "{}: samples of '{}' are {}, but those of {} are {}", dataset.path(),
         options.features, dataset.sample_shape().to_string(), train.path(), sample.to_string());
  }
  datasets::check_same_columns(dataset.path(), dataset.column_names(), train.path(),
                               train.column_names());
  datasets::check_same_classes(dataset.path(), options.label, dataset.class_names(), train.path(),
                               train.class_names());
  return dataset;
}

}  // namespace

datasets::ArrayNames array_names(const DataOptions& options) {
  return {options.features, options.label, options.sample_weight};
}

DataFiles open_data_files(const DataOptions& options) {
  datasets::ArrayNames of_train = array_names(options);
  of_train.group = options.validation_group;
  DataFiles files{datasets::Dataset::open(options.train, of_train), {}, {}};
  files.test = open_beside(options, options.test, files.train);
  files.validation = open_beside(options, options.validation, files.train);
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
