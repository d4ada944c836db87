// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "data/hdf5/number_dataset.hpp"

namespace tusk::datasets {

// Reads a data set from its first row to its last, converted to T, and hands over some 8 MB at a
// time: take(std::span<const T>).
template <typename T, typename Take>
void read_blocks(const hdf5::NumberDataset& dataset, Take take) {
  std::vector<T> block;
  for (std::uint64_t row = 0; row < dataset.rows();) {
    const std::uint64_t rows = std::min(dataset.rows_per_transfer(), dataset.rows() - row);
    block.resize(rows * dataset.row_elements());
    dataset.read(row, std::span(block));
    take(std::span<const T>(block));
    row += rows;
  }
}

}  // namespace tusk::datasets
