// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/csv/csv_options.hpp"
#include "data/tables/column_choice.hpp"
#include "data/tables/table.hpp"

namespace tusk::mpi {
class Communicator;
}

// The CSV reader. `convert` opens a CsvTable (convert/open_table.hpp); what happens then, in order:
//
//   1. csv_layout  reads the head of the first file: its header (csv_header judges whether it has
//                  one), and which columns are features and label. Every other file must have the
//                  same columns.
//   2. csv_survey  reads every file once, all ranks together, each a csv_range of its bytes: where
//                  rows begin, which rows are bad, which texts are classes.
//   3. csv_files   goes to the rows that a rank wants and reads their values, by what 2 has found.
//
// Both 2 and 3 stand on csv_reader, which cuts bytes into records and fields (over
// tables::TextBuffer), and on csv_row, which takes a record as a row of the layout: numbers,
// categories, missing cells. csv_options is what the user may say of a file.

namespace tusk::csv {

class CsvFiles;

// The rows of one or several CSV files with the same columns, one file behind the other: a column
// of labels, if there is one, one of weights or of groups, if asked for, and all others as
// features, which are numbers, or texts that become indices. An empty cell among the features is a
// NaN.
//
// The files are read twice: to find the rows and learn the classes, which ranks do together, each
// on its share of every file; then for the values, each rank where it wants them. Memory of a rank:
// some 2 MiB, the longest record (64 MiB at most) twice, the texts of classes (65,536 and 16 MiB at
// most a column), and 24 bytes for each 4 MiB of input.
class CsvTable : public tables::Table {
 public:
  // Reads the files once. Collective if there is a communicator. Throws Error(no_input), and
  // Error(bad_data) with file and line if a row has more or fewer columns than the first, or for a
  // label that TextLabels does not take.
  CsvTable(const std::vector<std::string>& paths, const CsvOptions& options,
           const tables::ColumnChoice& choice, const tables::FieldNames& names = {},
           const mpi::Communicator* communicator = nullptr);
  ~CsvTable() override;

  std::uint64_t rows() const override;
  const std::vector<tables::TableField>& fields() const override { return fields_; }

  // Throws Error(bad_data) with file, line and column for a feature that is not a number.
  void read_rows(std::uint64_t first, std::uint64_t count,
                 std::span<const std::span<std::byte>> out) override;

  // Feature cells that are empty, say NaN or are one of the texts for a missing value.
  std::uint64_t missing_values() const override { return missing_values_; }

  std::uint64_t rounded_values() const override { return rounded_values_; }

  tables::BadRows bad_rows() const override;
  std::vector<std::string> notes() const override;

 private:
  void add_fields(const tables::FieldNames& names);

  std::unique_ptr<CsvFiles> files_;
  std::vector<tables::TableField> fields_;
  std::uint64_t missing_values_ = 0;
  std::uint64_t rounded_values_ = 0;
};

}  // namespace tusk::csv
