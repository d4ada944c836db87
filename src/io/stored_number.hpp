// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "tusk/io/array_header.hpp"

namespace tusk::io {

// Where in a buffer for numbers in memory their stored form is to be read to: all of it, or its
// second half where they grow.
std::span<std::byte> stored_part(std::span<std::byte> numbers, const StoredNumber& as);

// Makes of the numbers stored in that part the machine's own, which then fill the buffer.
void decode(std::span<std::byte> numbers, const StoredNumber& as);

}  // namespace tusk::io
