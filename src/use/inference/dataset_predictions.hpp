// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/hdf5/number_dataset.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/trained_model.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::inference {

// What a model or an ensemble predicts for every row of a data set, in one HDF5 file (see
// PredictionFile) that all ranks write: each the rows that an evaluation would give it. `tusk
// predict` makes one and calls write() once.
//
// Memory of a rank does not grow with the data: what Answers takes, and 8 MiB of outputs.
class DatasetPredictions {
 public:
  // Opens what is to be read; every rank by itself. `copies`: data sets beside the features that
  // the output shall have, too, which must have a row a sample. `world` and `members`, which are
  // not empty, must outlive the object.
  //
  // Error(bad_data) if a member does not take the samples, or a data set to be copied is not there
  // or has another number of rows; Error(usage) if its name is one of the output's own or given
  // twice.
  DatasetPredictions(const mpi::Communicator& world,
                     std::span<const evaluation::TrainedModel> members, evaluation::Combine combine,
                     datasets::Dataset dataset, std::span<const std::string> copies);
  DatasetPredictions(const DatasetPredictions&) = delete;  // the answers refer to the data set
  DatasetPredictions& operator=(const DatasetPredictions&) = delete;

  std::uint64_t rows() const { return dataset_.rows(); }  // of all ranks together

  // Collective: computes the rows and writes the file, which appears complete or not at all. Throws
  // the lowest failing rank's error on every rank: Error(cannot_create), Error(io_error), or
  // Error(bad_data) for features or outputs that are not finite.
  void write(const std::string& path);

 private:
  const mpi::Communicator& world_;
  std::span<const evaluation::TrainedModel> members_;
  datasets::Dataset dataset_;
  std::vector<hdf5::NumberDataset> copies_;
  datasets::Block rows_;  // this rank's
  evaluation::Answers answers_;
};

}  // namespace tusk::inference
