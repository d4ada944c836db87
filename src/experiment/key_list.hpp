// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "experiment/describe.hpp"

namespace tusk::experiment {

// Goes through describe() to list the keys that a table may have.
class KeyList {
 public:
  template <typename T>
  void operator()(std::string_view key, T&, const Rule& = {}) {
    keys.emplace_back(key);
  }
  template <typename T>
  void section(std::string_view key, T&) {
    keys.emplace_back(key);
  }
  template <typename... Kinds>
  void choice(std::string_view key, std::variant<Kinds...>& value) {
    keys.emplace_back(key);
    std::visit([&](auto& kind) { describe(*this, kind); }, value);
  }
  template <typename Function>
  void on_read(Function&&) {}

  std::vector<std::string> keys;
};

// What selects this struct among a variant's: { type = "dense" }, name = "adam".
template <typename Kind>
constexpr const char* tag_of() {
  if constexpr (requires { Kind::type; }) {
    return Kind::type;
  } else {
    return Kind::name;
  }
}

template <typename Options>
std::vector<std::string> keys_of() {
  KeyList fields;
  Options options;
  describe(fields, options);
  return fields.keys;
}

}  // namespace tusk::experiment
