// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/element_type.hpp"

namespace tusk {

// How a number stands in an array file; `type` is what it is read as.
struct StoredNumber {
  ElementType type = ElementType::u8;
  bool half = false;  // a float of 16 bits, read as f32
  bool big_endian = false;

  std::size_t bytes() const { return half ? 2 : size_of(type); }

  friend bool operator==(const StoredNumber&, const StoredNumber&) = default;
};

// Where in a buffer for numbers in memory their stored form is to be read to: all of it, or its
// second half where they grow.
std::span<std::byte> stored_part(std::span<std::byte> numbers, const StoredNumber& as);

// Makes of the numbers stored in that part the machine's own, which then fill the buffer.
void decode(std::span<std::byte> numbers, const StoredNumber& as);

}  // namespace tusk
