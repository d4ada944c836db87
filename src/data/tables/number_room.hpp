// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "core/element_type.hpp"

namespace tusk::tables {

// Error(bad_data): "NUMBER is too large for float32; '--type float64' keeps it".
[[noreturn]] void fail_too_large(const std::string& number, ElementType type);

// Whether a text says infinity, as "inf" does. "1e999" does not: it is a number that is too large.
inline bool says_infinity(std::string_view text) {
  return text.find_first_of("0123456789") == std::string_view::npos;
}

// Whether a type, f32 or f64, rounds a number that is written with digits alone: one that counts
// something, or names it. 1.5e20 is a measured number, and may be rounded.
bool is_rounded(std::string_view text, double value, ElementType type);

// Whether a type rounds a whole number up to 2^53 of which it is not known how it was written.
inline bool is_rounded(double value, ElementType type) {
  return type == ElementType::f32 && value == std::trunc(value) && std::abs(value) <= 0x1.0p53 &&
         static_cast<double>(static_cast<float>(value)) != value;
}

// Throws what fail_too_large() throws for a number that becomes an infinity in a type, f32 or f64,
// though it was none in the input. `text`: what the number was read from, "" if it was no text;
// `describe` returns the number and where it stands, for the message.
template <typename Describe>
void require_room(double number, std::string_view text, ElementType type,
                  const Describe& describe) {
  const double stored = type == ElementType::f32 ? static_cast<float>(number) : number;
  if (!std::isinf(stored) || (std::isinf(number) && says_infinity(text))) return;
  fail_too_large(describe(), std::isinf(number) ? ElementType::f64 : type);
}

}  // namespace tusk::tables
