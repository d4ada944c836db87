// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tusk/core/shape.hpp"
#include "tusk/io/dataset.hpp"
#include "tusk/io/file.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::data {

// The features and labels of one HDF5 file, opened and checked, but not read: one row a sample in
// both. Features are [N, …] of any numbers; labels [N] or [N, K].
//
// Opened with a communicator it is read through MPI-IO: opening it and Shard::read are then
// collective, and the communicator must outlive it.
//
// Error(no_input) if there is no such file; Error(bad_data), which names file and data set, if a
// data set is not there, is of another rank, has no rows, or rows differ from the labels'.
class Dataset {
 public:
  // Without a label: for predictions.
  static Dataset open(const std::string& path, const std::string& features,
                      const std::optional<std::string>& label,
                      const mpi::Communicator* communicator = nullptr);

  const std::string& path() const { return features_.path(); }
  std::uint64_t rows() const { return features_.rows(); }
  Shape sample_shape() const { return features_.row_shape(); }

  const io::Dataset& features() const { return features_; }
  bool has_labels() const { return labels_.has_value(); }
  const io::Dataset& labels() const { return *labels_; }  // requires has_labels()

  // The communicator whose ranks read together, or none.
  const mpi::Communicator* communicator() const { return communicator_; }

 private:
  Dataset(io::Dataset features, std::optional<io::Dataset> labels,
          const mpi::Communicator* communicator);

  io::Dataset features_;
  std::optional<io::Dataset> labels_;
  const mpi::Communicator* communicator_;
};

}  // namespace tusk::data
