// SPDX-License-Identifier: Apache-2.0
#include "experiment/overrides.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "experiment/toml_text.hpp"
#include "experiment/toml_value.hpp"
#include "tusk/error.hpp"

namespace tusk::experiment {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A table with one key whose value is what the text says; nothing if the text is not one value.
std::optional<toml::table> parse_value(std::string_view key, std::string_view text,
                                       const std::string& source) {
  try {
    toml::table table = toml::parse(fmt::format("{} = {}", key, text), source);
    return table.size() == 1 ? std::optional(std::move(table)) : std::nullopt;
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

// Goes from the root of the file down to where the parts of a key lead.
class Way {
 public:
  // `region` is where the messages say that the override stands.
  Way(toml::table& root, toml::source_region region) : at_(&root), region_(std::move(region)) {}

  // Goes down to what `part` names; a table is made where a table has nothing of that name.
  void enter(std::string_view part) {
    if (auto* array = at_->as_array()) {
      at_ = &*element(*array, part);
    } else {
      at_ = &table().insert(toml::key(part, region_), toml::table{}).first->second;
    }
    key_ += (key_.empty() ? "" : ".") + std::string(part);
  }

  // Gives what `part` names here a new value.
  void assign(std::string_view part, toml::node&& value) {
    if (auto* array = at_->as_array()) {
      array->replace(element(*array, part), std::move(value));
    } else {
      table().erase(part);
      table().insert(toml::key(part, region_), std::move(value));
    }
  }

 private:
  toml::table& table() {
    if (at_->is_table()) return *at_->as_table();
    fail(ExitCode::bad_experiment, "{}: '{}' is neither a table nor an array", place(region_, ""),
         printable(key_));
  }

  toml::array::iterator element(toml::array& array, std::string_view index) {
    std::size_t i = 0;
    const char* last = index.data() + index.size();
    const auto [end, error] = std::from_chars(index.data(), last, i);
    if (error != std::errc() || end != last || i >= array.size()) {
      fail(ExitCode::bad_experiment, "{}: '{}' has {} elements, counted from 0, and no '{}'",
           place(region_, ""), printable(key_), array.size(), printable(index));
    }
    return array.begin() + static_cast<std::ptrdiff_t>(i);
  }

  toml::node* at_;
  toml::source_region region_;
  std::string key_;
};

}  // namespace

toml::table value_table(std::string_view key, std::string_view text, const std::string& source) {
  check_depth(text, printable(source));
  if (auto table = parse_value(key, text, source)) return std::move(*table);
  if (auto table = parse_value(key, quoted_toml(text), source)) return std::move(*table);
  fail(ExitCode::bad_experiment, "{}: the value is not UTF-8", printable(source));
}

void apply_override(toml::table& root, std::string_view override) {
  const std::string source = fmt::format("{}set {}", command_line_sign, override);
  const std::size_t equals = override.find('=');
  std::string_view key = trimmed(override.substr(0, equals));
  if (equals == std::string_view::npos || key.empty()) {
    fail(ExitCode::usage, "{}: expected a key and a value, as in --set trainer.epochs=3",
         printable(source));
  }
  check_depth(override, printable(source));
  toml::table holder = value_table("value", trimmed(override.substr(equals + 1)), source);
  toml::node& value = *holder.get("value");

  Way way(root, value.source());
  for (std::size_t dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.')) {
    way.enter(key.substr(0, dot));
    key.remove_prefix(dot + 1);
  }
  way.assign(key, std::move(value));
}

}  // namespace tusk::experiment
