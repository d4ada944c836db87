// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "data/tables/array_header.hpp"

namespace tusk::tables {

class InputFile;

// IDX, the format of MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST database", its last
// section): two zero bytes, one for the element type, one for the number of dimensions; then the
// extents as 32-bit integers and the elements, big-endian all.
bool is_idx(std::span<const std::byte> first_bytes);

// Reads the header from the file's first byte on. Throws Error(bad_data) for an unknown element
// type and for no dimensions.
ArrayHeader read_idx_header(InputFile& file);

}  // namespace tusk::tables
