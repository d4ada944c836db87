// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tusk/options/fields.hpp"

namespace tusk::options {

// Goes through a description to list the keys that a table may have, for messages.
class KeyList final : public Fields {
 public:
  std::vector<std::string> keys;

 protected:
  void field(std::string_view key, const Value&, const Rule&) override { keys.emplace_back(key); }
  void table(std::string_view key, const Table&) override { keys.emplace_back(key); }
  void choose(std::string_view key, const Choice& choice) override {
    keys.emplace_back(key);
    choice.describe(*this);
  }
};

}  // namespace tusk::options
