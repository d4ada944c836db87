// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "tusk/named.hpp"

namespace tusk::formats {

// The name of Keras's class for what we and its configurations call in lower case, and back:
// "glorot_uniform" is "GlorotUniform".
std::string to_class_name(std::string_view snake_case);
std::string to_snake_case(std::string_view class_name);

// The enumerator of this name or alias.
template <NamedEnum Enum>
std::optional<Enum> value_of(std::string_view name) {
  for (const Named<Enum>& named : names_of(Enum{})) {
    if (named.name == name) return named.value;
  }
  return std::nullopt;
}

// "linear, relu, …", for error messages.
template <NamedEnum Enum>
std::string all_names() {
  std::string text;
  for (const Named<Enum>& named : names_of(Enum{})) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", named.name);
  }
  return text;
}

}  // namespace tusk::formats
