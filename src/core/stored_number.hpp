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

// The part of a buffer for numbers in memory into which their stored form is to be read: all of it,
// or its second half where the numbers grow.
std::span<std::byte> stored_part(std::span<std::byte> numbers, const StoredNumber& as);

// Converts the numbers that are stored in that part to the machine's own, which then fill the
// buffer.
void decode(std::span<std::byte> numbers, const StoredNumber& as);

}  // namespace tusk
