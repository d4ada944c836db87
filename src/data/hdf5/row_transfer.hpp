// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/hdf5/file_state.hpp"
#include "data/hdf5/hdf5.hpp"

namespace tusk::hdf5 {

// The two sides of a transfer of rows, and how it is made: collectively if the file is open so.
struct RowTransfer {
  Handle memory;
  Handle file;
  Handle properties;
};

// Prepares a transfer of rows [begin, end), which may be none.
RowTransfer make_row_transfer(const DatasetState& dataset, std::uint64_t begin, std::uint64_t end);

}  // namespace tusk::hdf5
