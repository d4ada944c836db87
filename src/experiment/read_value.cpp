// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "experiment/table_reader.hpp"
#include "experiment/toml_text.hpp"
#include "experiment/toml_value.hpp"

namespace tusk::experiment {
namespace {

using options::FormShape;
using options::Rule;
using options::Value;

// The text of a string, or of a float, whose nan and inf may be names, too.
std::string text_of(const toml::node& node) {
  if (const auto* string = node.as_string()) return string->get();
  if (const auto* number = node.as_floating_point()) return float_toml(number->get());
  return "";
}

bool is_one_of(const std::string& text, const Value& names) {
  const auto& known = std::get<options::Name>(names).names;
  return std::find(known.begin(), known.end(), text) != known.end();
}

bool has_shape(const toml::node& node, const options::Forms::Form& form) {
  switch (form.shape) {
    case FormShape::number:
      return node.is_number();
    case FormShape::whole_number:
      return node.is_integer();
    case FormShape::text:
      return node.is_string();
    case FormShape::known_name:
      return is_one_of(text_of(node), form.choose());
    case FormShape::list:
      return node.is_array();
    case FormShape::table:
      return node.is_table();
  }
  return false;
}

// Reads a node into a value of each kind.
struct ReadKind {
  const TomlValue& toml;
  const Rule& rule;
  const Extensions& extensions;

  void operator()(bool* out) const { read(toml, *out); }
  void operator()(double* out) const { read(toml, *out, rule); }
  void operator()(std::uint64_t* out) const { read(toml, *out, rule); }
  void operator()(std::int64_t* out) const { read(toml, *out, rule); }
  void operator()(std::string* out) const { read(toml, *out, rule); }
  void operator()(const options::Bytes& out) const { read(toml, out); }

  void operator()(const options::Name& name) const { name.assign(read_name(toml, name.names)); }

  void operator()(const options::Optional& optional) const {
    read_value(toml, optional.emplace(), rule, extensions);
  }

  void operator()(const options::List& list) const {
    list.clear();
    const toml::array& array = as_array(toml);
    if (rule.required && array.empty()) reject(toml, "at least one element");
    for (std::size_t i = 0; i < array.size(); ++i) {
      const TomlValue element{array[i], fmt::format("{}.{}", toml.key, i), toml.file};
      read_value(element, list.add(), Rule{.interval = rule.interval, .text = rule.text},
                 extensions);
      if (list.distinct && stands_before_last(list)) reject(element, "each name once");
    }
  }

  void operator()(const options::Table& table) const {
    TableReader fields(as_table(toml), toml.key, toml.file, extensions);
    table.describe(fields);
    fields.finish();
  }

  // In the order in which the keys stand in the file.
  void operator()(const options::Map& map) const {
    map.clear();
    const toml::table& table = as_table(toml);
    if (rule.required && table.empty()) reject(toml, "at least one key");
    std::vector<std::pair<const toml::key*, const toml::node*>> entries;
    for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
    std::ranges::stable_sort(entries, [](const auto& a, const auto& b) {
      const auto at = [](const auto& entry) {
        const toml::source_position& begin = entry.first->source().begin;
        return std::pair(begin.line, begin.column);
      };
      return at(a) < at(b);
    });
    for (const auto& [key, node] : entries) {
      const std::string name(key->str());
      const TomlValue element{*node, fmt::format("{}.{}", toml.key, printable(name)), toml.file};
      read_value(element, map.add(name), Rule{.interval = rule.interval, .text = rule.text},
                 extensions);
    }
  }

  void operator()(const options::Forms& forms) const {
    for (const options::Forms::Form& form : forms.forms) {
      if (!has_shape(toml.node, form)) continue;
      Rule its_rule = rule;
      if (form.shape == FormShape::list) its_rule.required = !form.may_be_empty;
      if (form.shape == FormShape::whole_number) its_rule = options::at_least(0.0);
      if (form.shape != FormShape::known_name)
        return read_value(toml, form.choose(), its_rule, extensions);
      return assign(std::get<options::Name>(form.choose()), text_of(toml.node));
    }
    reject(toml, forms.expected);
  }

 private:
  static void assign(const options::Name& name, const std::string& text) {
    const auto found = std::find(name.names.begin(), name.names.end(), text);
    name.assign(static_cast<std::size_t>(found - name.names.begin()));
  }

  // Whether the last element of a list of names has a twin.
  static bool stands_before_last(const options::List& list) {
    const auto index = [&](std::size_t i) { return std::get<options::Name>(list.at(i)).index(); };
    const std::size_t last = list.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
      if (index(i) == index(last)) return true;
    }
    return false;
  }
};

}  // namespace

void read_value(const TomlValue& toml, const Value& value, const Rule& rule,
                const Extensions& extensions) {
  std::visit(ReadKind{toml, rule, extensions}, static_cast<const Value::variant&>(value));
}

}  // namespace tusk::experiment
