// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tusk/io/column_choice.hpp"
#include "tusk/io/csv_labels.hpp"
#include "tusk/io/csv_reader.hpp"
#include "tusk/io/table.hpp"

namespace tusk::io {

// How a CSV file is to be read.
struct CsvOptions {
  enum class Header { detect, present, absent };

  char delimiter = ',';
  Header header = Header::detect;  // detect: there is one if no cell of the first row is a number
  ElementType type = ElementType::f32;  // of the features, and of labels that are not whole numbers

  friend bool operator==(const CsvOptions&, const CsvOptions&) = default;
};

// The rows of a CSV file: a column of labels, if there is one, and all others as features, which
// are numbers. An empty cell among the features is a NaN.
//
// The file is read twice: to count rows and classes, then for its values. Memory: a record and the
// class names.
class CsvTable : public Table {
 public:
  // Reads the whole file once. Throws Error(no_input), and Error(bad_data) with file and line if a
  // row has more or fewer columns than the first, or for a label that CsvLabels does not take.
  CsvTable(const std::string& path, const CsvOptions& options, const ColumnChoice& choice,
           const FieldNames& names = {});

  std::uint64_t rows() const override { return rows_; }
  const std::vector<TableField>& fields() const override { return fields_; }

  // Throws Error(bad_data) with file, line and column for a feature that is not a number.
  void read_rows(std::uint64_t first, std::uint64_t count,
                 std::span<const std::span<std::byte>> out) override;

  // Feature cells that are empty or say NaN.
  std::uint64_t missing_values() const override { return missing_values_; }

 private:
  void read_header();
  void learn_rows();
  void add_fields(const FieldNames& names);
  void go_to_row(std::uint64_t row);
  bool next_row();  // into cells_, checked for its number of columns
  double feature(std::size_t column);

  CsvReader reader_;
  CsvOptions options_;
  bool has_header_ = false;
  std::vector<std::string> column_names_;  // of all columns
  ChosenColumns chosen_;
  CsvLabels labels_;
  std::vector<TableField> fields_;
  std::uint64_t rows_ = 0;
  std::uint64_t next_row_ = 0;  // where the reader stands
  std::uint64_t missing_values_ = 0;
  std::vector<std::string_view> cells_;
};

}  // namespace tusk::io
