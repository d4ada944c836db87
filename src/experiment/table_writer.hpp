// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/units.hpp"
#include "experiment/describe.hpp"
#include "experiment/key_list.hpp"
#include "experiment/toml_text.hpp"

namespace tusk::experiment {

// Goes through describe() to write a table, its keys in the order of their description. Leaves out
// what may not be given, and optionals without a value.
class TableWriter {
 public:
  template <typename T>
  void operator()(std::string_view key, T& value, const Rule& rule = {}) {
    if (rule.obstacle.empty()) add(key, value, rule);
  }

  template <typename T>
  void section(std::string_view key, T& value) {
    TableWriter fields;
    describe(fields, value);
    sections_ += fmt::format("\n[{}]\n{}", key, fields.lines());
  }

  template <typename... Kinds>
  void choice(std::string_view key, std::variant<Kinds...>& value) {
    std::visit(
        [&]<typename Kind>(Kind& kind) {
          entries_.push_back(fmt::format("{} = \"{}\"", key, tag_of<Kind>()));
          describe(*this, kind);
        },
        value);
  }

  template <typename Function>
  void on_read(Function&&) {}

  std::string lines() const { return fmt::format("{}\n{}", fmt::join(entries_, "\n"), sections_); }
  std::string inline_table() const { return fmt::format("{{ {} }}", fmt::join(entries_, ", ")); }

 private:
  template <typename T>
  void add(std::string_view key, T& value, const Rule& rule) {
    entries_.push_back(fmt::format("{} = {}", key, write(value, rule)));
  }
  template <typename T>
  void add(std::string_view key, std::optional<T>& value, const Rule& rule) {
    if (value) add(key, *value, rule);
  }

  static std::string write(bool value, const Rule&) { return value ? "true" : "false"; }
  static std::string write(double value, const Rule&) { return float_toml(value); }
  static std::string write(std::uint64_t value, const Rule&) { return std::to_string(value); }
  static std::string write(const std::string& value, const Rule& rule) {
    if (rule.text != Text::path) return quoted_toml(value);
    return quoted_toml(std::filesystem::absolute(value).lexically_normal().string());
  }
  static std::string write(const ByteCount& value, const Rule&) {
    const std::string short_text = format_bytes(value.bytes);
    const bool exact = parse_bytes(short_text) == value.bytes;
    return quoted_toml(exact ? short_text : fmt::format("{} B", value.bytes));
  }
  static std::string write(const FileList& files, const Rule& rule) {
    std::vector<std::string> paths;
    for (const std::string& path : files.paths) paths.push_back(write(path, rule));
    return paths.size() == 1 ? paths.front() : fmt::format("[{}]", fmt::join(paths, ", "));
  }
  template <NamedEnum Enum>
  static std::string write(Enum value, const Rule&) {
    return fmt::format("\"{}\"", name_of(value));
  }
  template <NamedEnum Enum>
  static std::string write(std::variant<double, Enum>& value, const Rule& rule) {
    return std::visit([&](auto& item) { return write(item, rule); }, value);
  }
  static std::string write(NumberOrName& value, const Rule& rule) {
    return std::visit([&](auto& item) { return write(item, rule); }, value);
  }
  static std::string write(std::vector<NumberOrName>& values, const Rule& rule) {
    std::vector<std::string> items;
    for (NumberOrName& value : values) items.push_back(write(value, rule));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }
  static std::string write(InitializerOptions& value, const Rule& rule) {
    InitializerOptions plain;
    plain.kind = value.kind;
    return value == plain ? write(value.kind, rule) : write_table(value);
  }
  // Any struct that is described: an inline table.
  template <typename Options>
  requires requires(KeyList& fields, Options& options) { describe(fields, options); }
  static std::string write(Options& value, const Rule&) { return write_table(value); }
  template <typename Number>
  requires std::same_as<Number, double> || std::same_as<Number, std::uint64_t>
  static std::string write(std::vector<Number>& values, const Rule& rule) {
    std::vector<std::string> numbers;
    for (const Number value : values) numbers.push_back(write(value, rule));
    return fmt::format("[{}]", fmt::join(numbers, ", "));
  }
  static std::string write(StepTime& value, const Rule& rule) {
    return std::visit([&](auto& time) { return write(time, rule); }, value);
  }
  template <NamedEnum Enum>
  static std::string write(std::vector<Enum>& values, const Rule&) {
    std::vector<std::string> names;
    for (const Enum value : values) names.push_back(write(value, {}));
    return fmt::format("[{}]", fmt::join(names, ", "));
  }
  template <typename... Kinds>
  static std::string write(std::vector<std::variant<Kinds...>>& values, const Rule&) {
    std::string tables;
    for (auto& value : values) tables += fmt::format("\n  {},", write_table(value));
    return values.empty() ? "[]" : fmt::format("[{}\n]", tables);
  }
  template <typename Options>
  static std::string write_table(Options& value) {
    TableWriter fields;
    describe(fields, value);
    return fields.inline_table();
  }

  std::vector<std::string> entries_;
  std::string sections_;
};

}  // namespace tusk::experiment
