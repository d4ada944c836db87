// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_row.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/tables/encoding.hpp"
#include "data/tables/group_key.hpp"
#include "data/tables/number_notation.hpp"
#include "data/tables/number_room.hpp"
#include "data/tables/time_text.hpp"
#include "tusk/error.hpp"

namespace tusk::csv {
namespace {

constexpr std::size_t longest_shown_text = 40;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// How often a character occurs. Sums of at most 255 in a byte make the loop fast vector code.
std::size_t count_of(std::string_view text, char wanted) {
  std::size_t total = 0;
  for (std::size_t begin = 0; begin < text.size(); begin += 255) {
    const std::string_view block = text.substr(begin, 255);
    std::uint8_t count = 0;
    for (const char c : block) count = static_cast<std::uint8_t>(count + (c == wanted ? 1 : 0));
    total += count;
  }
  return total;
}

}  // namespace

void CsvRow::take(CsvReader& reader) {
  reader_ = &reader;
  record_ = reader.record();
  split_ = reader.has_quotes();
  if (split_) reader.split(cells_);
  const std::size_t columns =
      split_ ? cells_.size() : count_of(record_, layout_.options.delimiter) + 1;
  if (columns != layout_.columns()) fail_columns(columns);
}

void CsvRow::fail_columns(std::size_t columns) const {
  const bool is_comment = layout_.has_header && layout_.names.front().starts_with('#');
  const std::string advice =
      is_comment ? "if line 1 is a comment, or its '#' one cell too many, mend it first"
      : layout_.columns() == 1
          ? tables::advice_on_delimiter(layout_.names.front(), layout_.options.delimiter)
      : layout_.options.skip_bad_rows ? ""
                                      : "'--bad-rows skip' leaves such rows out";
  fail(ExitCode::bad_data, "{}: {} columns, but the first row has {}{}{}", reader_->place().text(),
       columns, layout_.columns(), advice.empty() ? "" : "; ", advice);
}

std::string_view CsvRow::cell(std::size_t column) const {
  if (split_) return cells_[column];
  const char delimiter = layout_.options.delimiter;
  std::string_view rest = record_;
  if (column < layout_.columns() / 2) {
    for (; column > 0; --column) rest.remove_prefix(rest.find(delimiter) + 1);
    return rest.substr(0, rest.find(delimiter));
  }
  for (std::size_t last = layout_.columns() - 1; last > column; --last) {
    rest = rest.substr(0, rest.rfind(delimiter));
  }
  return rest.substr(rest.rfind(delimiter) + 1);  // npos + 1 is 0
}

std::string_view CsvRow::text(std::size_t column) const {
  const std::string_view cell = tables::trimmed(this->cell(column));
  if (const auto text = tables::to_utf8(cell, layout_.options.encoding, room_)) return *text;
  fail(ExitCode::bad_data, "{}: column '{}' holds {:?}, which {}", reader_->place().text(),
       layout_.names[column], cell.substr(0, longest_shown_text),
       tables::why_no_text(layout_.options.encoding));
}

std::string_view CsvRow::unusual_label() const {
  const std::string_view text = this->text(*layout_.chosen.label);
  const tables::NumberNotation& notation = layout_.options.notation;
  if (plain_ || tables::parse_boolean(text)) return text;
  std::string number;
  const auto plain = notation.plain(text, number);
  if (plain && tables::parse_number(*plain)) {
    room_ = *plain;
    return room_;
  }
  if (!tables::parse_number(text)) return text;
  fail(ExitCode::bad_data, "{}: the label {:?} is no number as this file is said to write them",
       reader_->place().text(), text.substr(0, longest_shown_text));
}

bool CsvRow::is_missing(std::string_view text) const {
  text = tables::trimmed(text);
  return text.empty() || layout_.missing.contain(text);
}

CsvRow::Counts CsvRow::store_features(std::span<const tables::TextClasses> classes,
                                      std::byte* out) const {
  if (layout_.options.type == ElementType::f64) return store_as<double>(classes, out);
  return store_as<float>(classes, out);
}

template <typename T>
CsvRow::Counts CsvRow::store_as(std::span<const tables::TextClasses> classes,
                                std::byte* out) const {
  constexpr T exact_below = sizeof(T) == sizeof(float) ? T{0x1.0p24} : T{0x1.0p53};
  const char delimiter = layout_.options.delimiter;
  const char* at = record_.data();
  const char* const last = at + record_.size();
  std::size_t column = 0;  // where `at` stands
  std::size_t category = 0;
  Counts counts;
  const bool has_missing_numbers = layout_.missing.have_numbers();
  const bool plain = !split_ && plain_;
  for (const CsvFeature& feature : layout_.features) {
    double value = 0.0;
    if (!split_) {
      for (; column < feature.column; ++column) at = cell_behind(at).end() + 1;
      ++column;
    }
    const char* const begin = at;
    const auto [end, error] = plain && feature.is_number
                                  ? std::from_chars(at, last, value)
                                  : std::from_chars_result{at, std::errc::invalid_argument};
    if (error == std::errc() && (end == last || *end == delimiter)) {
      at = end + 1;
    } else {  // quotes, spaces, nothing, a text, or a number out of range or in another notation
      const std::string_view cell = split_ ? cells_[feature.column] : cell_behind(at);
      at = cell.end() + 1;
      if (feature.category && !classes.empty()) {
        value = index_of(feature.column, classes[category]);
      } else if (!feature.category) {
        value = number_of(cell, feature);
      }
    }
    if (feature.category) {
      ++category;
    } else if (has_missing_numbers && layout_.missing.contain(value)) {
      value = nan;
    }
    const T element = static_cast<T>(value);
    if (!(std::abs(element) < exact_below)) {
      if (std::isnan(element)) {
        ++counts.missing;
      } else if (check_large(value, split_ ? cells_[feature.column] : cell_behind(begin),
                             feature)) {
        ++counts.rounded;
      }
    }
    std::memcpy(out + feature.position * sizeof(T), &element, sizeof(T));
  }
  return counts;
}

// The cell that begins here, in a record that is not split.
std::string_view CsvRow::cell_behind(const char* at) const {
  const char* const last = record_.data() + record_.size();
  const std::string_view rest(at, static_cast<std::size_t>(last - at));
  return rest.substr(0, rest.find(layout_.options.delimiter));
}

double CsvRow::number_of(std::string_view cell, const CsvFeature& feature) const {
  if (feature.time) {
    if (const auto seconds = tables::parse_time(cell)) return *seconds;
  } else {
    std::string number;
    const auto plain = layout_.options.notation.plain(cell, number);
    if (const auto value = plain ? tables::parse_number(*plain) : std::nullopt) return *value;
  }
  if (is_missing(cell) || is_missing(text(feature.column))) return nan;
  fail_number(cell, feature);
}

double CsvRow::weight() const {
  const std::size_t column = *layout_.chosen.weight;
  const std::string_view cell = tables::trimmed(this->cell(column));
  std::string number;
  const auto plain = layout_.options.notation.plain(cell, number);
  const auto value = plain ? tables::parse_number(*plain) : std::nullopt;
  if (value && std::isfinite(*value)) return *value;
  fail(ExitCode::bad_data, "{}: column '{}' holds {:?}; each row needs a number for its weight",
       reader_->place().text(), layout_.names[column], cell.substr(0, longest_shown_text));
}

std::int64_t CsvRow::group() const {
  const std::size_t column = *layout_.chosen.group;
  const std::string_view text = this->text(column);
  std::string number;
  const auto plain = layout_.options.notation.plain(text, number);
  const auto key = is_missing(text) ? std::nullopt : tables::group_key(plain.value_or(text));
  if (key) return *key;
  fail(ExitCode::bad_data,
       "{}: column '{}' holds {:?}; each row needs a whole number or a text for its group",
       reader_->place().text(), layout_.names[column], text.substr(0, longest_shown_text));
}

void CsvRow::fail_number(std::string_view cell, const CsvFeature& feature) const {
  const std::string& name = layout_.names[feature.column];
  std::vector<std::string> advice;
  if (!layout_.has_header && reader_->line() == 1) {
    advice.emplace_back("'--header yes' if the first row names the columns");
  }
  if (layout_.has_header && layout_.names.front().starts_with('#')) {
    advice.emplace_back("if line 1 is a comment, take it out first");
  }
  if (layout_.columns() == 1) {
    advice.push_back(tables::advice_on_delimiter(cell, layout_.options.delimiter));
  }
  advice.push_back(feature.time && tables::parse_number(cell)
                       ? "a number needs no '--times'"
                       : tables::advice_on_cell(cell, name, layout_.options.notation));
  std::erase(advice, "");
  if (advice.empty()) advice.push_back(advice_on_text(cell, feature));
  fail(ExitCode::bad_data, "{}: column '{}' holds {:?}, which is not a {}; {}",
       reader_->place().text(), name, cell.substr(0, longest_shown_text),
       feature.time ? "date or time" : "number", fmt::join(advice, "; "));
}

// On a cell that is no number in any notation. Where the column has numbers, a text is a stray: a
// second row of names, units, a sum. With a digit it may be a number that is written as nobody
// reads it, "$5", "5 %", "12 kg"; indices of such texts would be nonsense.
std::string CsvRow::advice_on_text(std::string_view cell, const CsvFeature& feature) const {
  const std::string& name = layout_.names[feature.column];
  const bool has_digit = std::ranges::any_of(cell, [](char c) { return c >= '0' && c <= '9'; });
  const bool is_stray = layout_.has_numbers[feature.column];
  return fmt::format(
      "{}'--drop {}' leaves the column out, {}",
      has_digit && !feature.time ? "if it is a number, write it as -1234.5 first; " : "", name,
      is_stray ? "'--bad-rows skip' rows such as this"
               : fmt::format("'--categories {}' makes indices of its texts", name));
}

// Whether the type rounds a whole number, or a time; an error if it makes an infinity of a number.
bool CsvRow::check_large(double value, std::string_view cell, const CsvFeature& feature) const {
  tables::require_room(value, cell, layout_.options.type, [&] {
    return fmt::format("{}: column '{}' holds {:?}, which", reader_->place().text(),
                       layout_.names[feature.column], cell.substr(0, longest_shown_text));
  });
  if (feature.category) return false;
  if (feature.time) return static_cast<double>(static_cast<float>(value)) != value;
  std::string room;
  const auto plain = layout_.options.notation.plain(cell, room);
  return plain && tables::is_rounded(*plain, value, layout_.options.type);
}

double CsvRow::index_of(std::size_t column, const tables::TextClasses& classes) const {
  const std::string_view text = this->text(column);
  if (is_missing(text)) return nan;
  const std::int32_t index = classes.index_of(text);
  if (index < 0) fail(ExitCode::bad_data, "{} changed while it was read", reader_->path());
  return index;
}

}  // namespace tusk::csv
