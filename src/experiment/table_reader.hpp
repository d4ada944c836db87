// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/toml_value.hpp"
#include "tusk/options/fields.hpp"

namespace tusk::experiment {

// Goes through a description to read one table of an experiment file, and remembers what it met:
// finish() rejects what the table has and the description does not, then what it lacks, and goes
// on to the sections.
class TableReader final : public options::Fields {
 public:
  // `key` is the table's own, "" for the root. Keeps references to `table` `file` and
  // `extensions`.
  TableReader(const toml::table& table, std::string key, const std::string& file,
              const Extensions& extensions)
      : Fields(extensions), table_(table), key_(std::move(key)), file_(file) {}

  void on_read(const std::function<void()>& function) override { function(); }
  void finish() const;

 protected:
  void field(std::string_view key, const options::Value& value, const options::Rule& rule) override;
  // Read at last, so that a misspelt [section] is called that. One that is not there is read as an
  // empty table: it may lack what is required.
  void table(std::string_view key, const options::Table& table) override;
  void choose(std::string_view key, const options::Choice& choice) override;

 private:
  std::string full(std::string_view key) const;
  const toml::node* find(std::string_view key, const options::Rule& rule);
  [[noreturn]] void reject_missing(std::string_view key,
                                   std::span<const std::string> names = {}) const;
  [[noreturn]] void reject_unknown(const toml::key& key) const;

  const toml::table& table_;
  std::string key_;
  const std::string& file_;
  std::vector<std::string> known_;
  std::optional<std::string> missing_;  // the first required key that is not there
  std::string choice_;                  // the choice made, as in: name = "single"
  std::vector<std::function<void()>> sections_;
  std::map<std::string, std::vector<std::string>> elsewhere_;  // a key: the choices that have it
};

// Reads `toml` into what `value` refers to, if it has the right type and obeys the rule; throws
// Error(bad_experiment) otherwise.
void read_value(const TomlValue& toml, const options::Value& value, const options::Rule& rule,
                const Extensions& extensions);

}  // namespace tusk::experiment
