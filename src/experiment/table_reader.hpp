// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "experiment/describe.hpp"
#include "experiment/key_list.hpp"
#include "experiment/toml_text.hpp"
#include "experiment/toml_value.hpp"

namespace tusk::experiment {

// Goes through describe() to read one table of an experiment file, and remembers what it met:
// finish() rejects what the table has and describe() does not, then what it lacks, and goes on to
// the sections.
class TableReader {
 public:
  // `key` is the table's own, "" for the root. Keeps references to `table` and `file`.
  TableReader(const toml::table& table, std::string key, const std::string& file)
      : table_(table), key_(std::move(key)), file_(file) {}

  template <typename T>
  void operator()(std::string_view key, T& value, const Rule& rule = {}) {
    if (const toml::node* node = find(key, rule)) read({*node, full(key), file_}, value, rule);
  }

  // Read at last, so that a misspelt [section] is called that. One that is not there is read as an
  // empty table: it may lack what is required.
  template <typename T>
  void section(std::string_view key, T& value);

  template <typename... Kinds>
  void choice(std::string_view key, std::variant<Kinds...>& value);

  template <typename Function>
  void on_read(Function&& function) {
    function();
  }

  void finish() const;

 private:
  std::string full(std::string_view key) const;
  const toml::node* find(std::string_view key, const Rule& rule);
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

// Any struct that is described: a table.
template <typename Options>
void read(const TomlValue& value, Options& out, const Rule& = {}) {
  TableReader fields(as_table(value), value.key, value.file);
  describe(fields, out);
  fields.finish();
}

template <NamedEnum Enum>
void read(const TomlValue& value, Enum& out, const Rule& = {}) {
  std::vector<std::string> names;
  for (const auto& named : names_of(Enum{})) names.emplace_back(named.name);
  out = names_of(Enum{})[read_name(value, names)].value;
}

template <typename T>
void read(const TomlValue& value, std::optional<T>& out, const Rule& rule) {
  read(value, out.emplace(), rule);
}

// An array. Names stand in it once each.
template <typename T>
void read(const TomlValue& value, std::vector<T>& out, const Rule& rule) {
  out.clear();
  const toml::array& array = as_array(value);
  if (rule.required && array.empty()) reject(value, "at least one element");
  for (std::size_t i = 0; i < array.size(); ++i) {
    const TomlValue element{array[i], fmt::format("{}.{}", value.key, i), value.file};
    T item{};
    read(element, item, Rule{.interval = rule.interval, .text = rule.text});
    if constexpr (NamedEnum<T>) {
      if (std::count(out.begin(), out.end(), item) > 0) reject(element, "each name once");
    }
    out.push_back(std::move(item));
  }
}

// Files are a path or an array of paths.
inline void read(const TomlValue& value, FileList& out, const Rule& rule) {
  out = {};
  if (value.node.is_array()) {
    read(value, out.paths, required(rule));
  } else if (value.node.is_string()) {
    read(value, out.paths.emplace_back(), rule);
  } else {
    reject(value, "the path of a file, a string, or an array of them");
  }
}

// An initializer is a name, or a table when it has options.
inline void read(const TomlValue& value, InitializerOptions& out, const Rule& rule) {
  out = {};
  if (value.node.is_string()) {
    read(value, out.kind, rule);
  } else if (value.node.is_table()) {
    read<InitializerOptions>(value, out, rule);
  } else {
    reject(value, "a name or a table");
  }
}

// A number, or one of some names; TOML's own nan and inf are such names, too.
template <NamedEnum Enum>
void read(const TomlValue& value, std::variant<double, Enum>& out, const Rule& rule) {
  const auto* number = value.node.as_floating_point();
  const auto* string = value.node.as_string();
  const std::string text = string != nullptr   ? string->get()
                           : number != nullptr ? float_toml(number->get())
                                               : "";
  for (const auto& named : names_of(Enum{})) {
    if (text == named.name) {
      out = named.value;
      return;
    }
  }
  if (value.node.is_number()) return read(value, out.template emplace<double>(), rule);
  std::vector<std::string_view> names;
  for (const auto& named : names_of(Enum{})) names.push_back(named.name);
  reject(value, fmt::format("a number or \"{}\"", fmt::join(names, "\" or \"")));
}

// What has a number and perhaps a name.
inline void read(const TomlValue& value, NumberOrName& out, const Rule& rule) {
  if (value.node.is_integer()) {
    read(value, out.emplace<std::uint64_t>(), at_least(0.0));
  } else if (value.node.is_string()) {
    read(value, out.emplace<std::string>(), rule);
  } else {
    reject(value, "a number, from 0, or a name");
  }
}

// A step's time is a number, a number a worker, or a distribution.
inline void read(const TomlValue& value, StepTime& out, const Rule& rule) {
  if (value.node.is_number()) {
    read(value, out.emplace<double>(), rule);
  } else if (value.node.is_array()) {
    read(value, out.emplace<std::vector<double>>(), required(rule));
  } else if (value.node.is_table()) {
    read(value, out.emplace<TimeDistribution>());
  } else {
    reject(value, "a number, an array of numbers or a table");
  }
}

template <typename T>
void TableReader::section(std::string_view key, T& value) {
  static const toml::table empty;
  const toml::node* node = find(key, any());
  sections_.push_back([this, node, key = full(key), &value] {
    read({node != nullptr ? *node : empty, key, file_}, value, any());
  });
}

template <typename... Kinds>
void TableReader::choice(std::string_view key, std::variant<Kinds...>& value) {
  std::vector<std::string> names;
  std::vector<std::variant<Kinds...>> kinds;
  const auto add = [&]<typename Kind>(const Kind& kind, const char* name) {
    names.emplace_back(name);
    kinds.emplace_back(kind);
  };
  const auto add_kind = [&]<typename Kind>(const Kind& kind) {
    add(kind, tag_of<Kind>());
    if constexpr (requires { Kind::alias; }) add(kind, Kind::alias);
  };
  (add_kind(Kinds{}), ...);

  const toml::node* node = find(key, any());
  if (node == nullptr) reject_missing(key, names);
  value = kinds[read_name({*node, full(key), file_}, names)];
  const auto remember = [&]<typename Kind>(const Kind&) {
    if (std::holds_alternative<Kind>(value)) {
      choice_ = fmt::format("{} = \"{}\"", key, tag_of<Kind>());
    } else {
      for (const auto& other : keys_of<Kind>()) elsewhere_[other].emplace_back(tag_of<Kind>());
    }
  };
  (remember(Kinds{}), ...);
  std::visit([&](auto& kind) { describe(*this, kind); }, value);
}

}  // namespace tusk::experiment
