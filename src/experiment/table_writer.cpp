// SPDX-License-Identifier: Apache-2.0
#include "experiment/table_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/units.hpp"
#include "experiment/toml_text.hpp"

namespace tusk::experiment {
namespace {

using options::Rule;
using options::Value;

std::string write(const Value& value, const Rule& rule);

// A key of any letters, quoted if TOML asks for it.
std::string toml_key(const std::string& key) {
  const bool is_bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return is_bare ? key : quoted_toml(key);
}

// The text of a value of each kind.
struct WriteKind {
  const Rule& rule;

  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const double* value) const { return float_toml(*value); }
  std::string operator()(const std::uint64_t* value) const { return std::to_string(*value); }
  std::string operator()(const std::int64_t* value) const { return std::to_string(*value); }

  std::string operator()(const std::string* value) const {
    if (rule.text != options::Text::path) return quoted_toml(*value);
    return quoted_toml(std::filesystem::absolute(*value).lexically_normal().string());
  }

  std::string operator()(const options::Bytes& value) const {
    const std::string short_text = format_bytes(*value.count);
    const bool exact = parse_bytes(short_text) == *value.count;
    return quoted_toml(exact ? short_text : fmt::format("{} B", *value.count));
  }

  std::string operator()(const options::Name& name) const {
    return fmt::format("\"{}\"", name.names[name.index()]);
  }

  std::string operator()(const options::Optional& value) const { return write(*value.get(), rule); }

  // Tables stand on lines of their own.
  std::string operator()(const options::List& list) const {
    std::vector<std::string> items;
    bool tables = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Value item = list.at(i);
      tables = std::holds_alternative<options::Table>(item);
      items.push_back(write(item, rule));
    }
    if (tables) return fmt::format("[\n  {},\n]", fmt::join(items, ",\n  "));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }

  std::string operator()(const options::Table& table) const {
    TableWriter fields;
    table.describe(fields);
    return fields.inline_table();
  }

  std::string operator()(const options::Map& map) const {
    std::vector<std::string> items;
    for (const std::string& key : map.keys()) {
      items.push_back(fmt::format("{} = {}", toml_key(key), write(map.at(items.size()), rule)));
    }
    return fmt::format("{{ {} }}", fmt::join(items, ", "));
  }

  std::string operator()(const options::Forms& forms) const { return write(forms.get(), rule); }
};

std::string write(const Value& value, const Rule& rule) {
  return std::visit(WriteKind{rule}, static_cast<const Value::variant&>(value));
}

bool is_absent(const Value& value) {
  const auto* optional = std::get_if<options::Optional>(&value);
  return optional != nullptr && !optional->get();
}

}  // namespace

std::string TableWriter::lines() const {
  return fmt::format("{}\n{}", fmt::join(entries_, "\n"), sections_);
}

std::string TableWriter::on_one_line() const {
  return fmt::format("{}", fmt::join(entries_, ", "));
}

std::string TableWriter::inline_table() const { return fmt::format("{{ {} }}", on_one_line()); }

void TableWriter::field(std::string_view key, const Value& value, const Rule& rule) {
  if (!rule.obstacle.empty() || is_absent(value)) return;
  entries_.push_back(fmt::format("{} = {}", key, write(value, rule)));
}

void TableWriter::table(std::string_view key, const options::Table& table) {
  TableWriter fields;
  table.describe(fields);
  sections_ += fmt::format("\n[{}]\n{}", key, fields.lines());
}

void TableWriter::choose(std::string_view key, const options::Choice& choice) {
  entries_.push_back(fmt::format("{} = \"{}\"", key, choice.alternatives[choice.index()].name));
  choice.describe(*this);
}

}  // namespace tusk::experiment
