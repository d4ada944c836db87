// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/hdf5/file.hpp"
#include "data/hdf5/file_state.hpp"

namespace tusk::hdf5 {

// A new data set of fixed-length texts, one a row, wide enough for each of `vocabulary`: parallel
// HDF5 writes no texts of variable length. Collective like every writing to a file.
class TextDataset {
 public:
  TextDataset(File& file, const std::string& name, std::uint64_t rows,
              std::span<const std::string> vocabulary);

  // Rows from `begin` on; there may be none.
  void write(std::uint64_t begin, std::span<const std::string> texts);

 private:
  DatasetState state_;
  Handle type_;
  std::size_t width_ = 1;
};

}  // namespace tusk::hdf5
