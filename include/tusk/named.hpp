// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tusk {

// An enumerator and what experiment files call it. An enum is readable and printable once a
// function names_of(Enum) beside it returns an array of these: every value, its own name before its
// aliases.
template <typename Enum>
struct Named {
  std::string_view name;
  Enum value;
};

template <typename Enum>
concept NamedEnum = requires {
  names_of(Enum{});
};

// The name of `value` in experiment files: name_of(Activation::relu) == "relu".
template <NamedEnum Enum>
constexpr std::string_view name_of(Enum value) {
  for (const Named<Enum>& named : names_of(Enum{})) {
    if (named.value == value) return named.name;
  }
  return "?";  // not an enumerator
}

}  // namespace tusk
