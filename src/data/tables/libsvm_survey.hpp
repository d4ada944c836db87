// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/tables/libsvm_table.hpp"
#include "data/tables/text_labels.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::tables {

// A place in a file from which its rows can be read.
struct LibsvmMark {
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
  std::uint64_t row = 0;
};

// Where the rows of a file are.
struct LibsvmIndex {
  std::vector<LibsvmMark> marks;  // some MB apart, in order; one at least if there are rows
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;  // the largest index, counted from 1
};

// Whether labels are numbers or texts: what the file's first one is.
void learn_label_kind(const std::string& path, TextLabels& labels);

// Finds the rows of a file and learns their labels. Throws Error(bad_data) with file and line for
// the first line that is malformed. Collective if there is a communicator: each rank takes the
// lines that begin in its share of the file's bytes; a compressed file is rank 0's.
LibsvmIndex survey_libsvm(const std::string& path, const LibsvmOptions& options, TextLabels& labels,
                          const mpi::Communicator* communicator);

}  // namespace tusk::tables
