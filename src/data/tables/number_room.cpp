// SPDX-License-Identifier: Apache-2.0
#include "data/tables/number_room.hpp"

#include <fmt/format.h>

#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

// Below this, integers are the same in a type of floating point.
constexpr double exact_below(ElementType type) {
  return type == ElementType::f32 ? 0x1.0p24 : 0x1.0p53;
}

}  // namespace

void fail_too_large(const std::string& number, ElementType type) {
  fail(ExitCode::bad_data, "{} is too large for {}{}", number, name_of(type),
       type == ElementType::f32 ? "; '--type float64' keeps it" : "");
}

bool is_rounded(std::string_view text, double value, ElementType type) {
  if (std::abs(value) < exact_below(type)) return false;
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::string_view sign = text.substr(0, text.starts_with('-') ? 1 : 0);
  const std::string_view digits = text.substr(sign.size());
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const double stored = type == ElementType::f32 ? static_cast<float>(value) : value;
  if (std::abs(value) < exact_below(ElementType::f64)) return stored != value;
  const std::string_view significant = digits.substr(digits.find_first_not_of('0'));
  return fmt::format("{:.0f}", stored) != fmt::format("{}{}", sign, significant);
}

}  // namespace tusk::tables
