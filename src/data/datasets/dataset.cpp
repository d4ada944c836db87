// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/dataset.hpp"

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

}  // namespace

Dataset::Dataset(std::vector<hdf5::File> files, JoinedDataset features,
                 std::optional<JoinedDataset> labels, std::optional<JoinedDataset> weights,
                 std::optional<JoinedDataset> groups, const mpi::Communicator* communicator)
    : files_(std::make_shared<const std::vector<hdf5::File>>(std::move(files))),
      features_(std::move(features)),
      labels_(std::move(labels)),
      weights_(std::move(weights)),
      groups_(std::move(groups)),
      communicator_(communicator) {}

Dataset Dataset::open(const FileList& files, const ArrayNames& names,
                      const mpi::Communicator* communicator) {
  std::vector<hdf5::NumberDataset> features;
  std::vector<hdf5::NumberDataset> labels;
  std::vector<hdf5::NumberDataset> weights;
  std::vector<hdf5::NumberDataset> groups;
  std::vector<hdf5::File> opened;
  for (const std::string& path : find_files(files)) {
    const hdf5::File& file = opened.emplace_back(
        communicator == nullptr ? hdf5::File::open(path) : hdf5::File::open(path, *communicator));
    check_features(features.emplace_back(file.dataset(names.features)));
    if (names.label) check_labels(labels.emplace_back(file.dataset(*names.label)), features.back());
    if (names.weight) {
      check_numbers(weights.emplace_back(file.dataset(*names.weight)), "weights", features.back());
    }
    if (names.group) {
      check_numbers(groups.emplace_back(file.dataset(*names.group)), "groups", features.back());
    }
  }
  check_names(opened, names.features, "column_names");
  check_categories(opened, names.features);
  if (names.label) check_names(opened, *names.label, "class_names");
  const auto joined = [](const std::vector<hdf5::NumberDataset>& parts) {
    return parts.empty() ? std::nullopt : std::optional<JoinedDataset>(std::in_place, parts);
  };
  return {std::move(opened), JoinedDataset(features), joined(labels),
          joined(weights),   joined(groups),          communicator};
}

ColumnNames Dataset::column_names() const {
  return read_column_names(files_->front(), features_.name());
}

std::vector<std::string> Dataset::class_names() const {
  return hdf5::read_texts(files_->front(), labels_->name(), "class_names")
      .value_or(std::vector<std::string>());
}

}  // namespace tusk::datasets
