// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/dataset.hpp"

#include <utility>

#include "tusk/core/error.hpp"
#include "tusk/core/units.hpp"

namespace tusk::data {
namespace {

void check_features(const io::Dataset& features) {
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

void check_labels(const io::Dataset& labels, const io::Dataset& features) {
  const std::size_t axes = labels.extents().size();
  if (axes != 1 && axes != 2) {
    fail(ExitCode::bad_data,
         "{}: data set '{}' has shape {}; labels are [rows], or [rows, outputs]", labels.path(),
         labels.name(), Shape(labels.extents()).to_string());
  }
  if (labels.rows() != features.rows()) {
    fail(ExitCode::bad_data, "{}: data set '{}' has {} rows, but '{}' has {}", labels.path(),
         labels.name(), format_count(labels.rows()), features.name(),
         format_count(features.rows()));
  }
}

}  // namespace

Dataset::Dataset(io::Dataset features, std::optional<io::Dataset> labels,
                 const mpi::Communicator* communicator)
    : features_(std::move(features)), labels_(std::move(labels)), communicator_(communicator) {}

Dataset Dataset::open(const std::string& path, const std::string& features,
                      const std::optional<std::string>& label,
                      const mpi::Communicator* communicator) {
  const io::File file =
      communicator == nullptr ? io::File::open(path) : io::File::open(path, *communicator);
  Dataset dataset(file.dataset(features), std::nullopt, communicator);
  check_features(dataset.features_);
  if (label) {
    dataset.labels_ = file.dataset(*label);
    check_labels(*dataset.labels_, dataset.features_);
  }
  return dataset;
}

}  // namespace tusk::data
