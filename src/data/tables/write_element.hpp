// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/element_type.hpp"

namespace tusk::tables {

// Writes a number as an element of a type that the columns of text files have (i32, i64, f32, f64),
// and moves `out` behind it.
void write_element(double value, ElementType type, std::byte*& out);
void write_element(std::int64_t value, ElementType type, std::byte*& out);

}  // namespace tusk::tables
