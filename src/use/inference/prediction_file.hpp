// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/hdf5/number_dataset.hpp"
#include "tusk/matrix.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::inference {

// What a PredictionFile holds of an output.
struct PredictedOutput {
  std::string group{};                     // where its data sets are: "" or "NAME/"
  std::size_t width = 0;                   // numbers a row
  bool classes = false;                    // also the class that graph::chosen_class finds
  std::vector<std::string> class_names{};  // by index; empty: classes have no names
};

// What a PredictionFile holds.
struct PredictionLayout {
  std::uint64_t rows = 0;  // of all ranks together
  std::vector<PredictedOutput> outputs;
};

// A file of predictions: the data sets `prediction` [rows, width] and, for classes,
// `predicted_index` [rows] and (if there are names) `predicted_class` [rows], fixed-length texts;
// of several outputs a group each with these. All ranks write it in parallel. It appears complete,
// by finish(), or not at all.
//
// Every function is collective; every rank throws the same Error(cannot_create) or Error(io_error).
class PredictionFile {
 public:
  // `communicator` must outlive the object.
  PredictionFile(const std::string& path, const mpi::Communicator& communicator,
                 const PredictionLayout& layout);
  ~PredictionFile();

  // Writes the numbers (width, samples) of an output for the rows from `first_row` on: every rank
  // those for rows of its own, of which there may be none.
  void write(std::size_t output, std::uint64_t first_row, ConstMatrix numbers);

  // Copies a data set of numbers under its name, in blocks of some 8 MB: every rank copies the rows
  // [begin, end), which it reads by itself. The source has the layout's number of rows.
  void copy(const hdf5::NumberDataset& source, std::uint64_t begin, std::uint64_t end);

  void finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tusk::inference
