// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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

// Which data sets of a file hold what. Predictions need no labels, and leave them out.
struct ArrayNames {
  std::string features;
  std::optional<std::string> label{};
  std::optional<std::string> weight{};
  std::optional<std::string> group{};
};

// The features, labels and weights of one HDF5 file or of several, opened and checked, but not
// read: one row a sample in all. Features are [N, …] of any numbers; labels [N] or [N, K]; weights,
// which say how much each sample counts, and groups, which say which rows belong together, [N].
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

  const std::string& path() const { return features_.path(); }  // of the first file
  std::uint64_t rows() const { return features_.rows(); }
  Shape sample_shape() const { return features_.row_shape(); }

  const std::vector<hdf5::File>& files() const { return *files_; }

  // What the first file, whose names are everyone's, calls the columns of the features and the
  // classes of the labels, by index; empty where it has no names. Read from the file at every call.
  // Error(bad_data) if the attributes hold no texts. Class names require has_labels().
  ColumnNames column_names() const;
  std::vector<std::string> class_names() const;

  const JoinedDataset& features() const { return features_; }
  bool has_labels() const { return labels_.has_value(); }
  const JoinedDataset& labels() const { return *labels_; }  // requires has_labels()
  bool has_weights() const { return weights_.has_value(); }
  const JoinedDataset& weights() const { return *weights_; }  // requires has_weights()
  const std::optional<JoinedDataset>& groups() const { return groups_; }

  // The communicator whose ranks read together, or none.
  const mpi::Communicator* communicator() const { return communicator_; }

 private:
  Dataset(std::vector<hdf5::File> files, JoinedDataset features,
          std::optional<JoinedDataset> labels, std::optional<JoinedDataset> weights,
          std::optional<JoinedDataset> groups, const mpi::Communicator* communicator);

  std::shared_ptr<const std::vector<hdf5::File>> files_;
  JoinedDataset features_;
  std::optional<JoinedDataset> labels_;
  std::optional<JoinedDataset> weights_;
  std::optional<JoinedDataset> groups_;
  const mpi::Communicator* communicator_;
};

}  // namespace tusk::datasets
