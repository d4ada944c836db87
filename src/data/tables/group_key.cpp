// SPDX-License-Identifier: Apache-2.0
#include "data/tables/group_key.hpp"

#include <charconv>
#include <cmath>

#include "data/tables/text.hpp"

namespace tusk::tables {

std::optional<std::int64_t> group_key(std::string_view text) {
  const char* const last = text.data() + text.size();
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), last, whole);
  if (error == std::errc() && end == last) return whole;
  if (const auto number = parse_number(text)) {
    constexpr double exact = 0x1.0p53;
    if (*number != std::floor(*number) || !(std::abs(*number) < exact)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
  }
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  constexpr std::uint64_t half = std::uint64_t{1} << 62U;
  return static_cast<std::int64_t>(half | (hash & (half - 1)));
}

}  // namespace tusk::tables
