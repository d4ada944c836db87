// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tusk/options/fields.hpp"

namespace tusk::experiment {

// Goes through a description to write a table in TOML, its keys in the order of their description.
// Leaves out what may not be given, and optionals without a value.
class TableWriter final : public options::Fields {
 public:
  std::string lines() const;         // a key a line, then the sections
  std::string on_one_line() const;   // key = value, …
  std::string inline_table() const;  // { key = value, … }

 protected:
  void field(std::string_view key, const options::Value& value, const options::Rule& rule) override;
  void table(std::string_view key, const options::Table& table) override;
  void choose(std::string_view key, const options::Choice& choice) override;

 private:
  std::vector<std::string> entries_;
  std::string sections_;
};

}  // namespace tusk::experiment
