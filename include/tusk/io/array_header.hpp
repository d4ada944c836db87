// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tusk/io/element_type.hpp"

namespace tusk::io {

// What the header of an array file (IDX, NPY) declares, unchecked: its elements follow it,
// row-major.
struct ArrayHeader {
  ElementType type = ElementType::u8;
  bool big_endian = false;
  std::vector<std::uint64_t> extents;  // [rows, …]
  std::uint64_t bytes = 0;             // of the header itself
};

}  // namespace tusk::io
