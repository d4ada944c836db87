// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_row.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "data/tables/number_room.hpp"
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
  if (columns != layout_.columns()) {
    fail(ExitCode::bad_data, "{}: {} columns, but the first row has {}", reader.place().text(),
         columns, layout_.columns());
  }
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

bool CsvRow::is_missing(std::string_view cell) const {
  const std::string_view text = tables::trimmed(cell);
  return text.empty() || layout_.missing.contain(text);
}

std::size_t CsvRow::store_features(std::span<const tables::TextClasses> classes,
                                   std::byte* out) const {
  if (layout_.options.type == ElementType::f64) return store_as<double>(classes, out);
  return store_as<float>(classes, out);
}

template <typename T>
std::size_t CsvRow::store_as(std::span<const tables::TextClasses> classes, std::byte* out) const {
  const char delimiter = layout_.options.delimiter;
  const char* at = record_.data();
  const char* const last = at + record_.size();
  std::size_t column = 0;  // where `at` stands
  std::size_t category = 0;
  std::size_t missing = 0;
  const bool has_missing_numbers = layout_.missing.have_numbers();
  for (const CsvFeature& feature : layout_.features) {
    double value = 0.0;
    if (!split_) {
      for (; column < feature.column; ++column) at = cell_behind(at).end() + 1;
      ++column;
    }
    const char* const begin = at;
    const auto [end, error] = split_ || feature.category
                                  ? std::from_chars_result{at, std::errc::invalid_argument}
                                  : std::from_chars(at, last, value);
    if (error == std::errc() && (end == last || *end == delimiter)) {
      at = end + 1;
    } else {  // quotes, spaces, nothing, a text, or a number out of range
      const std::string_view cell = split_ ? cells_[feature.column] : cell_behind(at);
      at = cell.end() + 1;
      if (feature.category && !classes.empty()) {
        value = index_of(cell, classes[category]);
      } else if (!feature.category) {
        value = number_of(cell, feature.column);
      }
    }
    if (feature.category) {
      ++category;
    } else if (has_missing_numbers && layout_.missing.contain(value)) {
      value = nan;
    }
    missing += std::isnan(value) ? 1 : 0;
    const T element = static_cast<T>(value);
    if (std::isinf(element)) {
      check_infinite(value, split_ ? cells_[feature.column] : cell_behind(begin), feature.column);
    }
    std::memcpy(out + feature.position * sizeof(T), &element, sizeof(T));
  }
  return missing;
}

// The cell that begins here, in a record that is not split.
std::string_view CsvRow::cell_behind(const char* at) const {
  const char* const last = record_.data() + record_.size();
  const std::string_view rest(at, static_cast<std::size_t>(last - at));
  return rest.substr(0, rest.find(layout_.options.delimiter));
}

double CsvRow::number_of(std::string_view cell, std::size_t column) const {
  if (const auto number = tables::parse_number(cell)) return *number;
  if (is_missing(cell)) return nan;
  const std::string& name = layout_.names[column];
  fail(ExitCode::bad_data,
       "{}: column '{}' holds {:?}, which is not a number; '--drop {}' leaves the column out, "
       "'--categories {}' makes indices of its texts",
       reader_->place().text(), name, cell.substr(0, longest_shown_text), name, name);
}

void CsvRow::check_infinite(double value, std::string_view cell, std::size_t column) const {
  tables::require_room(value, cell, layout_.options.type, [&] {
    return fmt::format("{}: column '{}' holds {:?}, which", reader_->place().text(),
                       layout_.names[column], cell.substr(0, longest_shown_text));
  });
}

double CsvRow::index_of(std::string_view cell, const tables::TextClasses& classes) const {
  if (is_missing(cell)) return nan;
  const std::int32_t index = classes.index_of(tables::trimmed(cell));
  if (index < 0) fail(ExitCode::bad_data, "{} changed while it was read", reader_->path());
  return index;
}

}  // namespace tusk::csv
