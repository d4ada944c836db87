// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/dataset.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/units.hpp"
#include "data/datasets/find_files.hpp"
#include "data/hdf5/attributes.hpp"
#include "tusk/error.hpp"

namespace tusk::datasets {
namespace {

void check_features(const hdf5::NumberDataset& features) {
  if (features.extents().size() < 2) {
    fail(ExitCode::bad_data,
         "{}: data set '{}' has shape {}; features are [rows, …], with one row a sample",
         features.path(), features.name(), Shape(features.extents()).to_string());
  }
  if (features.rows() == 0 || features.row_elements() == 0) {
    fail(ExitCode::bad_data, "{}: data set '{}' of shape {} has nothing in it", features.path(),
         features.name(), Shape(features.extents()).to_string());
  }
}

// As many rows as the features have.
void check_rows(const hdf5::NumberDataset& dataset, const hdf5::NumberDataset& features) {
  if (dataset.rows() == features.rows()) return;
  fail(ExitCode::bad_data, "{}: data set '{}' has {} rows, but '{}' has {}", dataset.path(),
       dataset.name(), format_count(dataset.rows()), features.name(),
       format_count(features.rows()));
}

void check_labels(const hdf5::NumberDataset& labels, const hdf5::NumberDataset& features) {
  const std::size_t axes = labels.extents().size();
  if (axes != 1 && axes != 2) {
    fail(ExitCode::bad_data,
         "{}: data set '{}' has shape {}; labels are [rows], or [rows, outputs]", labels.path(),
         labels.name(), Shape(labels.extents()).to_string());
  }
  check_rows(labels, features);
}

// Weights, or groups.
void check_numbers(const hdf5::NumberDataset& numbers, const char* what,
                   const hdf5::NumberDataset& features) {
  if (numbers.extents().size() != 1) {
    fail(ExitCode::bad_data, "{}: data set '{}' has shape {}; {} are [rows], a number a sample",
         numbers.path(), numbers.name(), Shape(numbers.extents()).to_string(), what);
  }
  check_rows(numbers, features);
}

// Names of columns or classes, where the first file has them, are the same in all.
void check_names(const std::vector<hdf5::File>& files, const std::string& dataset,
                 const char* attribute) {
  if (files.size() == 1) return;
  const auto names = hdf5::read_texts(files.front(), dataset, attribute);
  for (const hdf5::File& file : files) {
    if (hdf5::read_texts(file, dataset, attribute) != names) {
      fail(ExitCode::bad_data, "{}: '{}' of data set '{}' are not those of {}", file.path(),
           attribute, dataset, files.front().path());
    }
  }
}

// Texts for which columns hold indices are the same in all files, too.
void check_categories(const std::vector<hdf5::File>& files, const std::string& features) {
  if (files.size() == 1) return;
  const auto first = read_column_names(files.front(), features).categories;
  for (const hdf5::File& file : files) {
    if (read_column_names(file, features).categories != first) {
      fail(ExitCode::bad_data, "{}: the categories of data set '{}' are not those of {}",
           file.path(), features, files.front().path());
    }
  }
}

// The data set of this name in each file, as one; check(part, i) looks at that of file i.
template <typename Check>
JoinedDataset join(const std::vector<hdf5::File>& files, const std::string& name,
                   const Check& check) {
  std::vector<hdf5::NumberDataset> parts;
  for (std::size_t i = 0; i < files.size(); ++i)
    check(parts.emplace_back(files[i].dataset(name)), i);
  return JoinedDataset(parts);
}

}  // namespace

Dataset Dataset::open(const FileList& files, const ArrayNames& names,
                      const mpi::Communicator* communicator) {
  std::vector<hdf5::File> opened;
  for (const std::string& path : find_files(files)) {
    opened.push_back(communicator == nullptr ? hdf5::File::open(path)
                                             : hdf5::File::open(path, *communicator));
  }
  Dataset dataset;
  dataset.communicator_ = communicator;
  const auto first_features = [&](std::size_t file) -> const hdf5::NumberDataset& {
    return dataset.features_.front().parts()[file].dataset;
  };
  for (const std::string& name : names.features) {
    dataset.features_.push_back(join(opened, name, [&](const auto& part, std::size_t file) {
      check_features(part);
      if (!dataset.features_.empty()) check_rows(part, first_features(file));
    }));
    check_names(opened, name, "column_names");
    check_categories(opened, name);
  }
  for (const std::string& name : names.label) {
    dataset.labels_.push_back(join(opened, name, [&](const auto& part, std::size_t file) {
      check_labels(part, first_features(file));
    }));
    check_names(opened, name, "class_names");
  }
  const auto join_numbers = [&](const std::string& name, const char* what) {
    return join(opened, name, [&](const auto& part, std::size_t file) {
      check_numbers(part, what, first_features(file));
    });
  };
  for (const std::string& name : names.weight) {
    std::optional<JoinedDataset>& weights = dataset.weights_.emplace_back();
    if (!name.empty()) weights = join_numbers(name, "weights");
  }
  if (names.weight.size() == 1 && names.label.size() > 1) {
    const std::optional<JoinedDataset> of_all = dataset.weights_.front();
    dataset.weights_.resize(names.label.size(), of_all);
  }
  if (names.group) dataset.groups_ = join_numbers(*names.group, "groups");
  dataset.files_ = std::make_shared<const std::vector<hdf5::File>>(std::move(opened));
  return dataset;
}

bool Dataset::has_weights() const {
  return std::ranges::any_of(weights_, [](const auto& one) { return one.has_value(); });
}

bool Dataset::has_weights(std::size_t label) const {
  return label < weights_.size() && weights_[label].has_value();
}

bool Dataset::weighs_apart() const {
  const auto name_of = [&](std::size_t label) {
    return has_weights(label) ? weights(label).name() : std::string();
  };
  for (std::size_t i = 1; i < labels_count(); ++i) {
    if (name_of(i) != name_of(0)) return true;
  }
  return false;
}

Dataset Dataset::of_input(std::size_t input) const {
  Dataset one(*this);
  one.features_ = {features_[input]};
  return one;
}

Dataset Dataset::of_label(std::size_t label) const {
  Dataset one(*this);
  one.labels_ = {labels_[label]};
  if (!weights_.empty()) one.weights_ = {weights_[label]};
  return one;
}

Dataset Dataset::labels_as_features(std::size_t label) const {
  Dataset labels = of_label(label);
  labels.features_ = labels.labels_;
  return labels;
}

ColumnNames Dataset::column_names(std::size_t input) const {
  return read_column_names(files_->front(), features(input).name());
}

std::vector<std::string> Dataset::class_names(std::size_t label) const {
  return hdf5::read_texts(files_->front(), labels(label).name(), "class_names")
      .value_or(std::vector<std::string>());
}

}  // namespace tusk::datasets
