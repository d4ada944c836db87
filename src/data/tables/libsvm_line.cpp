// SPDX-License-Identifier: Apache-2.0
#include "data/tables/libsvm_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "core/units.hpp"
#include "data/tables/byte_order_mark.hpp"
#include "data/tables/number_room.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t longest_shown_word = 40;

// Takes the next word off the text; empty if there is none.
std::string_view take_word(std::string_view& text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  const auto begin = std::find_if_not(text.begin(), text.end(), is_blank);
  const auto end = std::find_if(begin, text.end(), is_blank);
  text = {end, text.end()};
  return {begin, end};
}

struct Pair {
  std::uint64_t index = 0;
  double value = 0.0;
};

// "3:0.5"; nothing if it is anything else.
std::optional<Pair> read_pair(std::string_view word) {
  Pair pair;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), pair.index);
  if (error != std::errc() || end == word.data() + word.size() || *end != ':') return std::nullopt;
  const auto value = parse_number(word.substr(static_cast<std::size_t>(end - word.data()) + 1));
  if (!value) return std::nullopt;
  pair.value = *value;
  return pair;
}

std::string shown(std::string_view word) {
  return fmt::format("{:?}", word.substr(0, longest_shown_word));
}

Pair require_pair(std::string_view word, const TextPlace& place) {
  if (const auto pair = read_pair(word)) {
    require_room(pair->value, word.substr(word.find(':') + 1), ElementType::f64,
                 [&] { return fmt::format("{}: the number of {}", place.text(), shown(word)); });
    return *pair;
  }
  if (word.starts_with("qid:")) {
    fail(ExitCode::bad_data,
         "{}: {} is a query of a ranking, which Tusk does not learn; remove the qid", place.text(),
         shown(word));
  }
  fail(ExitCode::bad_data,
       "{}: {} is no pair index:value; a libsvm line is a label and such pairs (is this CSV? "
       "--format csv)",
       place.text(), shown(word));
}

void check_label(std::string_view label, const TextPlace& place) {
  if (label.find(':') != std::string_view::npos) {
    fail(ExitCode::bad_data, "{}: the line begins with {} and not with a label", place.text(),
         shown(label));
  }
  if (label.find(',') != std::string_view::npos) {
    fail(ExitCode::bad_data, "{}: {} are several labels; a row has one", place.text(),
         shown(label));
  }
}

std::uint64_t column_of(const Pair& pair, int base, std::uint64_t most_columns,
                        const TextPlace& place) {
  if (base == 1 && pair.index == 0) {
    fail(ExitCode::bad_data,
         "{}: an index is 0, but the format counts from 1; if this file counts from 0: "
         "--libsvm-base 0",
         place.text());
  }
  const std::uint64_t column = pair.index - static_cast<std::uint64_t>(base);
  if (column >= most_columns) {
    fail(ExitCode::bad_data, "{}: index {} is above the limit of {} features", place.text(),
         pair.index, format_count(most_columns));
  }
  return column;
}

// Something like "3:x": whatever stands behind it, it has an index.
bool begins_as_pair(std::string_view word) {
  const std::size_t digits = word.find_first_not_of("0123456789");
  return digits > 0 && digits != std::string_view::npos && word[digits] == ':';
}

// How much a line looks like libsvm; nothing if it does not tell: it is empty or a number alone.
std::optional<Likeness> likeness_of(std::string_view line) {
  const bool has_delimiters = line.find_first_of(",;\t") != std::string_view::npos;
  const std::string_view label = take_word(line);
  const bool is_number = parse_number(label).has_value();
  std::size_t words = 0;
  std::size_t pairs = 0;
  std::size_t nearly_pairs = begins_as_pair(label) ? 1 : 0;
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
    ++words;
    if (read_pair(word) || word.starts_with("qid:")) ++pairs;
    if (begins_as_pair(word)) ++nearly_pairs;
  }
  if (words == 0 && (label.empty() || is_number)) return std::nullopt;
  if (is_number && pairs == words) return Likeness::certain;
  if (has_delimiters || nearly_pairs == 0) return Likeness::none;
  const bool has_label = is_number || begins_as_pair(label) || (words > 1 && pairs == words);
  return has_label ? Likeness::some : Likeness::none;
}

}  // namespace

bool read_libsvm_line(std::string_view text, int base, std::uint64_t most_columns,
                      const TextPlace& place, LibsvmLine& out) {
  out.entries.clear();
  text = text.substr(0, text.find('#'));
  out.label = take_word(text);
  if (out.label.empty()) return false;
  check_label(out.label, place);
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    const Pair pair = require_pair(word, place);
    const std::uint64_t column = column_of(pair, base, most_columns, place);
    if (!out.entries.empty() && column <= out.entries.back().column) {
      fail(ExitCode::bad_data, "{}: index {} stands {}; indices ascend", place.text(), pair.index,
           column == out.entries.back().column ? "there twice" : "behind a larger one");
    }
    out.entries.push_back({column, pair.value});
  }
  return true;
}

std::string_view label_of_libsvm_line(std::string_view text) {
  text = text.substr(0, text.find('#'));
  return take_word(text);
}

Likeness likeness_to_libsvm(std::string_view first_bytes, bool is_all) {
  if (first_bytes.starts_with(byte_order_mark)) first_bytes.remove_prefix(byte_order_mark.size());
  if (!is_all) {  // the last word may be cut off
    first_bytes = first_bytes.substr(0, first_bytes.find_last_of(" \t\r\n") + 1);
  }
  while (!first_bytes.empty()) {
    const std::size_t length = std::min(first_bytes.find('\n'), first_bytes.size() - 1) + 1;
    std::string_view line = first_bytes.substr(0, length);
    first_bytes.remove_prefix(length);
    line = line.substr(0, std::min(line.find('#'), line.find('\n')));
    if (const auto likeness = likeness_of(line)) return *likeness;
  }
  return Likeness::none;
}

}  // namespace tusk::tables
