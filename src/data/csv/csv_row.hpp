// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/utf8.hpp"
#include "data/csv/csv_layout.hpp"
#include "data/csv/csv_reader.hpp"
#include "data/tables/text_classes.hpp"

namespace tusk::csv {

// The record at which a reader stands, as a row of a layout: its cells as numbers. It does not look
// at more of a record than it is asked for.
class CsvRow {
 public:
  explicit CsvRow(const CsvLayout& layout)
      : layout_(layout), plain_(layout.options.notation.is_plain()) {}

  // Takes the reader's record, until the reader moves. Throws Error(bad_data) with file and line if
  // it has more or fewer columns than the layout, or what CsvReader::split throws.
  void take(CsvReader& reader);

  // A cell as it stands in the file.
  std::string_view cell(std::size_t column) const;

  // A cell as a text of UTF-8, without the spaces around it, until the next call. Error(bad_data)
  // with file, line and column if it is none.
  std::string_view text(std::size_t column) const;

  // The label for TextLabels: a number as that reads it, or a text. As text().
  std::string_view label() const {
    if (plain_) {
      const std::string_view cell = this->cell(*layout_.chosen.label);
      if (is_ascii(cell)) return cell;
    }
    return unusual_label();
  }

  // Whether a text is empty or stands for a missing value.
  bool is_missing(std::string_view text) const;

  // The weight. Error(bad_data) with file, line and column if it is not a finite number.
  double weight() const;

  // The group, as tables::group_key has it. Error(bad_data) with file, line and column if the cell
  // is empty or a number that is not whole.
  std::int64_t group() const;

  // Features that a row has, as they were stored.
  struct Counts {
    std::size_t missing = 0;  // NaN
    std::size_t rounded = 0;  // whole numbers that the type does not hold
  };

  // Writes the features as elements of the layout's type, categories as their indices (0 if
  // `classes`, by category column, is empty). Throws Error(bad_data) with file, line and column for
  // one that is not a number, or too large a one.
  Counts store_features(std::span<const tables::TextClasses> classes, std::byte* out) const;

 private:
  std::string_view unusual_label() const;
  [[noreturn]] void fail_columns(std::size_t columns) const;
  template <typename T>
  Counts store_as(std::span<const tables::TextClasses> classes, std::byte* out) const;
  double number_of(std::string_view cell, const CsvFeature& feature) const;
  [[noreturn]] void fail_number(std::string_view cell, const CsvFeature& feature) const;
  std::string advice_on_text(std::string_view cell, const CsvFeature& feature) const;
  bool check_large(double value, std::string_view cell, const CsvFeature& feature) const;
  double index_of(std::size_t column, const tables::TextClasses& classes) const;
  std::string_view cell_behind(const char* at) const;

  const CsvLayout& layout_;
  bool plain_;  // numbers are written as 1234.5e6
  const CsvReader* reader_ = nullptr;
  std::string_view record_;
  bool split_ = false;
  mutable std::string room_;             // for text() and label()
  std::vector<std::string_view> cells_;  // if it is split
};

}  // namespace tusk::csv
