// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tusk/io/csv_reader.hpp"
#include "tusk/io/table.hpp"

namespace tusk::io {

// How a CSV file is to be read.
struct CsvOptions {
  enum class Header { detect, present, absent };

  char delimiter = ',';
  Header header = Header::detect;    // detect: the first row is one if no cell of it is a number
  std::optional<std::string> label;  // a column; none: the one called "label" in any case, if any
  std::vector<std::string> drop;     // columns to leave out, whatever they hold
  ElementType type = ElementType::f32;  // of the features, and of labels that are not whole numbers
  std::string features_field = "features";
  std::string label_field = "label";
};

// The rows of a CSV file: numbers as features, and a label column. A column is named by its header
// or by its number, from 0.
//
// The labels' type follows from their values: whole numbers are i32 (or i64), other numbers have
// options.type, and texts are class indices (i32) in the order of the texts, which are kept.
// An empty cell among the features is a NaN. The file is read twice: to count rows and classes, then
// for its values. Memory: a record, and at most 65,536 class names.
class CsvTable : public Table {
 public:
  // Reads the whole file once. Throws Error(bad_data) with file and line if a row has another number
  // of columns than the first, for an empty label, and for labels that are now numbers, now texts.
  CsvTable(const std::string& path, CsvOptions options);

  std::uint64_t rows() const override { return rows_; }
  const std::vector<TableField>& fields() const override { return fields_; }

  // Throws Error(bad_data) with file, line and column for a feature that is not a number.
  void read_rows(std::uint64_t count, std::span<const std::span<std::byte>> out) override;

  // Cells read so far that are empty or say NaN.
  std::uint64_t missing_cells() const { return missing_cells_; }

 private:
  void read_header();
  void select_columns();
  std::size_t find_column(const std::string& name) const;
  void scan_rows();

  CsvReader reader_;
  CsvOptions options_;
  std::vector<std::string> names_;  // of all columns
  bool has_header_ = false;
  std::vector<std::size_t> feature_columns_;
  std::optional<std::size_t> label_column_;
  std::vector<TableField> fields_;
  std::uint64_t rows_ = 0;
  std::uint64_t missing_cells_ = 0;
  std::vector<std::string_view> cells_;  // of the row at hand
};

}  // namespace tusk::io
