// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tusk::tables {

// Where something stands in a text file, for messages: "data.csv, line 7".
struct TextPlace {
  const std::string& path;
  std::uint64_t line = 0;  // from 1

  std::string text() const;
};

// The text without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// The double nearest to a decimal number, as strtod reads it (sign, exponent, "nan", "inf" in any
// case), spaces around it allowed; nothing if the text is anything else.
std::optional<double> parse_number(std::string_view text);

}  // namespace tusk::tables
