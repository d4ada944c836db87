// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tusk/core/matrix.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::io {

// What `predict` writes.
struct PredictionLayout {
  std::uint64_t rows = 0;  // of all ranks together
  std::size_t outputs = 0;
  bool classes = false;  // also the class: the largest output's index, or whether one is over 0.5
  std::vector<std::string> class_names;  // by index; empty: classes have no names
};

// One rank's part: (outputs, samples) for the rows from `first_row` on.
struct Predictions {
  std::uint64_t first_row = 0;
  ConstMatrix outputs;
};

// Collective. Writes the data sets `prediction` [rows, outputs] and, for classes, `predicted_index`
// [rows] and (if there are names) `predicted_class` [rows], fixed-length texts; every rank its
// rows, which may be none. The file appears complete or not at all. Every rank throws the same
// Error(cannot_create) or Error(io_error).
void write_predictions(const std::string& path, const mpi::Communicator& communicator,
                       const PredictionLayout& layout, const Predictions& mine);

}  // namespace tusk::io
