// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace tusk {

// The numbers that data sets hold. Files may store them in either byte order, and floats of 16 bits
// too (they are read as f32); in memory they are the machine's own.
enum class ElementType { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };

std::size_t size_of(ElementType type);       // bytes
std::string_view name_of(ElementType type);  // "uint8", "float32", …, as numpy calls them
bool is_floating_point(ElementType type);

// The ElementType of a C++ number.
template <typename T>
constexpr ElementType element_type() {
  static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8 && !std::is_same_v<T, bool>);
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? ElementType::f32 : ElementType::f64;
  } else {
    constexpr int base = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 2 : sizeof(T) == 4 ? 4 : 6;
    return static_cast<ElementType>(base + (std::is_signed_v<T> ? 1 : 0));
  }
}

}  // namespace tusk
