// SPDX-License-Identifier: Apache-2.0
#include "experiment/table_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/near_miss.hpp"
#include "options/key_list.hpp"
#include "tusk/error.hpp"

namespace tusk::experiment {

using options::any;
using options::Rule;

std::string TableReader::full(std::string_view key) const {
  return key_.empty() ? std::string(key) : fmt::format("{}.{}", key_, key);
}

const toml::node* TableReader::find(std::string_view key, const Rule& rule) {
  known_.emplace_back(key);
  const auto found = table_.find(key);
  if (found == table_.end()) {
    if (rule.required && !missing_) missing_ = key;
    return nullptr;
  }
  if (!rule.obstacle.empty()) {
    fail(ExitCode::bad_experiment, "{}: key '{}' {}", place(found->first.source(), file_),
         full(key), rule.obstacle);
  }
  return &found->second;
}

void TableReader::field(std::string_view key, const options::Value& value, const Rule& rule) {
  if (const toml::node* node = find(key, rule))
    read_value({*node, full(key), file_}, value, rule, extensions());
}

void TableReader::table(std::string_view key, const options::Table& table) {
  static const toml::table empty;
  const toml::node* node = find(key, any());
  sections_.push_back([this, node, key = full(key), table] {
    read_value({node != nullptr ? *node : empty, key, file_}, table, any(), extensions());
  });
}

void TableReader::choose(std::string_view key, const options::Choice& choice) {
  std::vector<std::string> names;
  std::vector<std::size_t> indices;
  const auto add = [&](const std::string& name, std::size_t index) {
    names.push_back(name);
    indices.push_back(index);
  };
  for (std::size_t i = 0; i < choice.alternatives.size(); ++i) {
    add(choice.alternatives[i].name, i);
    for (const std::string& alias : choice.alternatives[i].aliases) add(alias, i);
  }
  const toml::node* node = find(key, any());
  if (node == nullptr) reject_missing(key, names);
  const std::size_t chosen = indices[read_name({*node, full(key), file_}, names)];
  choice.select(chosen);
  for (std::size_t i = 0; i < choice.alternatives.size(); ++i) {
    const options::Choice::Alternative& other = choice.alternatives[i];
    if (i == chosen) {
      choice_ = fmt::format("{} = \"{}\"", key, other.name);
      continue;
    }
    options::KeyList list;
    other.describe_default(list);
    for (const std::string& its_key : list.keys) elsewhere_[its_key].push_back(other.name);
  }
  choice.describe(*this);
}

void TableReader::finish() const {
  for (const auto& [key, node] : table_) {
    if (std::find(known_.begin(), known_.end(), key.str()) == known_.end()) reject_unknown(key);
  }
  if (missing_) reject_missing(*missing_);
  for (const auto& read_section : sections_) read_section();
}

void TableReader::reject_missing(std::string_view key, std::span<const std::string> names) const {
  const std::string where = key_.empty() ? file_ : place(table_.source(), file_);
  const std::string expected =
      names.empty() ? "" : fmt::format(": expected one of \"{}\"", fmt::join(names, "\", \""));
  fail(ExitCode::bad_experiment, "{}: key '{}' is missing{}", where, full(key), expected);
}

void TableReader::reject_unknown(const toml::key& key) const {
  const std::string name = printable(key.str());
  const std::string where = place(key.source(), file_);
  if (const auto found = elsewhere_.find(name); found != elsewhere_.end()) {
    fail(ExitCode::bad_experiment, "{}: key '{}' does not belong to {}, but to \"{}\"", where,
         full(name), choice_, fmt::join(found->second, "\", \""));
  }
  std::string hint = did_you_mean(name, known_);
  if (hint.empty()) hint = fmt::format("; the keys here are {}", fmt::join(known_, ", "));
  fail(ExitCode::bad_experiment, "{}: unknown key '{}'{}", where, full(name), hint);
}

}  // namespace tusk::experiment
