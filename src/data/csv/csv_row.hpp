// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "data/csv/csv_layout.hpp"
#include "data/csv/csv_reader.hpp"
#include "data/tables/text_classes.hpp"

namespace tusk::csv {

// The record at which a reader stands, as a row of a layout: its cells as numbers. It does not look
// at more of a record than it is asked for.
class CsvRow {
 public:
  explicit CsvRow(const CsvLayout& layout) : layout_(layout) {}

  // Takes the reader's record, until the reader moves. Throws Error(bad_data) with file and line if
  // it has more or fewer columns than the layout, or what CsvReader::split throws.
  void take(CsvReader& reader);

  std::string_view cell(std::size_t column) const;

  // Whether a cell is empty or a text that stands for a missing value.
  bool is_missing(std::string_view cell) const;

  // Writes the features as elements of the layout's type, categories as their indices (0 if
  // `classes`, by category column, is empty); returns how many are missing, which are NaN. Throws
  // Error(bad_data) with file, line and column for one that is not a number, or too large a one.
  std::size_t store_features(std::span<const tables::TextClasses> classes, std::byte* out) const;

 private:
  template <typename T>
  std::size_t store_as(std::span<const tables::TextClasses> classes, std::byte* out) const;
  double number_of(std::string_view cell, std::size_t column) const;
  void check_infinite(double value, std::string_view cell, std::size_t column) const;
  double index_of(std::string_view cell, const tables::TextClasses& classes) const;
  std::string_view cell_behind(const char* at) const;

  const CsvLayout& layout_;
  const CsvReader* reader_ = nullptr;
  std::string_view record_;
  bool split_ = false;
  std::vector<std::string_view> cells_;  // if it is split
};

}  // namespace tusk::csv
