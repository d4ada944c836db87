// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/datasets/column_names.hpp"
#include "data/datasets/joined_dataset.hpp"
#include "data/hdf5/file.hpp"
#include "experiment/data_options.hpp"
#include "tusk/shape.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::datasets {

// Names of data sets: one, several in an order, or none.
struct NameList : std::vector<std::string> {
  NameList() = default;
  NameList(const char* name) : vector{name} {}                            // NOLINT: a list of one
  NameList(std::string name) : vector{std::move(name)} {}                 // NOLINT
  NameList(std::vector<std::string> names) : vector{std::move(names)} {}  // NOLINT
  NameList(const std::optional<std::string>& name) {                      // NOLINT: of one or none
    if (name) push_back(*name);
  }
};

// Which data sets of a file hold what. Features are those of each of the model's inputs, in their
// order; labels one for all of its outputs or those of each. Predictions need no labels, and leave
// them out.
struct ArrayNames {
  NameList features;
  NameList label{};
  NameList weight{};  // one for all labels, or that of each, "" for a label without
  std::optional<std::string> group{};
};

// The features, labels and weights of one HDF5 file or of several, opened and checked, but not
// read: one row a sample in all. Features are [N, …] of any numbers, one data set or several that
// belong to a sample together; labels [N] or [N, K], one data set or several, too; weights, which
// say how much each sample counts for a label, and groups, which say which rows belong together,
// [N].
// Rows of several files follow each other in the order of the files, which all have data sets of
// the same names, types and shapes of a row. Cheap to copy: copies share the open files, which stay
// open as long as one of them lives, so that whoever needs a file again asks here instead of
// opening it once more.
//
// Opened with a communicator it is read through MPI-IO: opening it and Shard::read are then
// collective, and the communicator must outlive it.
//
// Error(no_input) if there is no such file; Error(bad_data), which names file and data set, if a
// data set is not there, is of another rank, has no rows, or rows differ from the labels' or the
// first file's; Error(bad_experiment) if a file is named twice.
class Dataset {
 public:
  static Dataset open(const FileList& files, const ArrayNames& names,
                      const mpi::Communicator* communicator = nullptr);

  const std::string& path() const { return features_.front().path(); }  // of the first file
  std::uint64_t rows() const { return features_.front().rows(); }
  Shape sample_shape(std::size_t input = 0) const { return features(input).row_shape(); }

  const std::vector<hdf5::File>& files() const { return *files_; }

  // What the first file, whose names are everyone's, calls the columns of the features and the
  // classes of the labels, by index; empty where it has no names. Read from the file at every call.
  // Error(bad_data) if the attributes hold no texts. Class names require labels.
  ColumnNames column_names(std::size_t input = 0) const;
  std::vector<std::string> class_names(std::size_t label = 0) const;

  std::size_t inputs() const { return features_.size(); }  // arrays of features, at least one
  const JoinedDataset& features(std::size_t input = 0) const { return features_[input]; }

  std::size_t labels_count() const { return labels_.size(); }  // arrays of labels
  bool has_labels() const { return !labels_.empty(); }
  const JoinedDataset& labels(std::size_t label = 0) const { return labels_[label]; }

  // The weights that samples have for a label; has_weights(): for any of them.
  bool has_weights() const;
  bool has_weights(std::size_t label) const;
  bool weighs_apart() const;  // samples by other data sets for one label than for another
  const JoinedDataset& weights(std::size_t label = 0) const { return *weights_[label]; }

  const std::optional<JoinedDataset>& groups() const { return groups_; }

  // The same files with one array of features, or of labels and its weights, alone.
  Dataset of_input(std::size_t input) const;
  Dataset of_label(std::size_t label) const;

  // The same files with an array of labels in the place of features, for what learns from labels.
  Dataset labels_as_features(std::size_t label) const;

  // The communicator whose ranks read together, or none.
  const mpi::Communicator* communicator() const { return communicator_; }

 private:
  Dataset() = default;

  std::shared_ptr<const std::vector<hdf5::File>> files_;
  std::vector<JoinedDataset> features_;
  std::vector<JoinedDataset> labels_;
  std::vector<std::optional<JoinedDataset>> weights_;  // a label each; empty: none has any
  std::optional<JoinedDataset> groups_;
  const mpi::Communicator* communicator_ = nullptr;
};

}  // namespace tusk::datasets
