// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_names.hpp"

#include <cctype>

namespace tusk::formats {

std::string to_class_name(std::string_view snake_case) {
  std::string out;
  bool upper = true;
  for (const char c : snake_case) {
    if (c != '_') out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return out;
}

std::string to_snake_case(std::string_view class_name) {
  std::string out;
  for (const char c : class_name) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace tusk::formats
