// SPDX-License-Identifier: Apache-2.0
#include "experiment/toml_value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/near_miss.hpp"
#include "core/units.hpp"
#include "experiment/overrides.hpp"
#include "experiment/toml_text.hpp"
#include "tusk/error.hpp"

namespace tusk::experiment {
namespace {

using options::Interval;
using options::Rule;
using options::Text;

// "a number" → "a number in [0, 1)", "a number above 0", "a number of at least 0".
std::string within(std::string_view noun, const Interval& interval) {
  const bool has_min = std::isfinite(interval.min);
  if (has_min && std::isfinite(interval.max)) {
    return fmt::format("{} in {}{}, {:.10g}{}", noun, interval.with_min ? '[' : '(', interval.min,
                       interval.max, interval.with_max ? ']' : ')');
  }
  if (has_min) {
    return fmt::format("{} {} {}", noun, interval.with_min ? "of at least" : "above", interval.min);
  }
  return std::string(noun);
}

// `text` in quotation marks, cut where it is long, between two characters of UTF-8.
std::string quoted_excerpt(std::string_view text) {
  constexpr std::size_t longest = 40;
  if (text.size() <= longest) return '"' + printable(text) + '"';
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return '"' + printable(text.substr(0, end)) + "…\"";
}

// The text by which messages show the value.
std::string shown(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return quoted_excerpt(node.as_string()->get());
    case toml::node_type::integer:
      return fmt::format("{}", node.as_integer()->get());
    case toml::node_type::floating_point:
      return float_toml(node.as_floating_point()->get());
    case toml::node_type::boolean:
      return node.as_boolean()->get() ? "true" : "false";
    case toml::node_type::array:
      return node.as_array()->empty() ? "an empty array" : "an array";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::string place(const toml::source_region& source, const std::string& file) {
  if (source.path != nullptr && source.path->starts_with(command_line_sign)) {
    return printable(*source.path);
  }
  if (source.begin.line == 0) return file;
  return fmt::format("{}:{}:{}", file, source.begin.line, source.begin.column);
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out +=
        is_control(c) ? fmt::format("\\x{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

void check_depth(std::string_view text, const std::string& where) {
  constexpr std::ptrdiff_t most_dots = 5000;
  if (std::count(text.begin(), text.end(), '.') > most_dots) {
    fail(ExitCode::bad_experiment, "{}: not an experiment: more than {} dots", where, most_dots);
  }
}

void reject(const TomlValue& value, std::string_view expected, std::string_view hint) {
  fail(ExitCode::bad_experiment, "{}: key '{}': expected {}, got {}{}",
       place(value.node.source(), value.file), value.key, expected, shown(value.node), hint);
}

void read(const TomlValue& value, bool& out) {
  if (!value.node.is_boolean()) reject(value, "true or false");
  out = value.node.as_boolean()->get();
}

void read(const TomlValue& value, double& out, const Rule& rule) {
  const auto number = value.node.is_number() ? value.node.value<double>() : std::nullopt;
  if (!number || !std::isfinite(*number) || !rule.interval.contains(*number)) {
    reject(value, within("a number", rule.interval));
  }
  out = *number;
}

void read(const TomlValue& value, std::int64_t& out, const Rule& rule) {
  const auto* integer = value.node.as_integer();
  if (integer == nullptr || !rule.interval.contains(static_cast<double>(integer->get()))) {
    reject(value, within("an integer", rule.interval));
  }
  out = integer->get();
}

// What is counted is never negative.
void read(const TomlValue& value, std::uint64_t& out, const Rule& rule) {
  Rule counted = rule;
  counted.interval.min = std::max(counted.interval.min, 0.0);
  std::int64_t integer = 0;
  read(value, integer, counted);
  out = static_cast<std::uint64_t>(integer);
}

void read(const TomlValue& value, std::string& out, const Rule& rule) {
  const auto* string = value.node.as_string();
  const std::string text = string == nullptr ? "" : string->get();
  const bool plain = !text.empty() && std::none_of(text.begin(), text.end(), is_control);
  switch (rule.text) {
    case Text::name:
      if (!plain) reject(value, "a name, a string");
      break;
    case Text::path:
      if (!plain) reject(value, "the path of a file, a string");
      break;
    case Text::file_name:
      if (!plain || text == "." || text == ".." || text.size() > 255 ||
          text.find('/') != std::string::npos) {
        reject(value, "a name for the run's directory, a string without '/'");
      }
      break;
    case Text::interval:
      if (!parse_interval(text)) {
        reject(value, R"("15m" (or s, h), "500 steps", "2 epochs" or "never", a string)");
      }
      break;
    case Text::duration:
      if (text != "never" && !parse_duration(text)) {
        reject(value, R"(a time, as "90s", "10m" or "2h", or "never", a string)");
      }
      break;
    case Text::time:
      if (!parse_duration(text)) reject(value, R"(a time, as "2s" or "1m", a string)");
      break;
    case Text::thinning:
      if (text != "auto" && !parse_thinning(text)) {
        reject(value, R"("all", "every:100" (or another number), "none" or "auto", a string)");
      }
      break;
  }
  out = text;
}

void read(const TomlValue& value, const options::Bytes& out) {
  std::optional<std::uint64_t> bytes;
  if (const auto* string = value.node.as_string()) bytes = parse_bytes(string->get());
  if (const auto* integer = value.node.as_integer(); integer != nullptr && integer->get() >= 0) {
    bytes = static_cast<std::uint64_t>(integer->get());
  }
  if (!bytes) reject(value, "a size, as in \"4 GiB\"");
  *out.count = *bytes;
}

std::size_t read_name(const TomlValue& value, std::span<const std::string> names) {
  const auto* string = value.node.as_string();
  const std::string text = string == nullptr ? "" : string->get();
  const auto found = std::find(names.begin(), names.end(), text);
  if (string == nullptr || found == names.end()) {
    reject(value,
           fmt::format("{}\"{}\"", names.size() > 1 ? "one of " : "", fmt::join(names, "\", \"")),
           did_you_mean(text, names));
  }
  return static_cast<std::size_t>(found - names.begin());
}

const toml::table& as_table(const TomlValue& value) {
  if (!value.node.is_table()) reject(value, "a table");
  return *value.node.as_table();
}

const toml::array& as_array(const TomlValue& value) {
  if (!value.node.is_array()) reject(value, "an array");
  return *value.node.as_array();
}

}  // namespace tusk::experiment
