// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/csv/csv_layout.hpp"
#include "data/csv/csv_row.hpp"
#include "data/csv/csv_survey.hpp"
#include "data/tables/table.hpp"

namespace tusk::csv {

// Some CSV files with the same columns, and a place among their rows. What CsvTable stands on.
class CsvFiles {
 public:
  // Surveys the files. Collective if there is a communicator.
  CsvFiles(const std::vector<std::string>& paths, const CsvOptions& options,
           const tables::ColumnChoice& choice, const mpi::Communicator* communicator);

  const CsvLayout& layout() const { return layout_; }
  const CsvLearned& learned() const { return learned_; }
  std::uint64_t rows() const { return rows_; }
  tables::BadRows bad_rows() const;

  // Goes to a row; read_row() goes on there.
  void go_to(std::uint64_t row);

  // Where the parts of a row go; null: they are not wanted.
  struct Places {
    std::byte* features = nullptr;
    std::byte* label = nullptr;
    std::byte* weight = nullptr;  // a double
    std::byte* group = nullptr;   // an integer of 64 bits
  };

  // The next row. All places but that of the features move behind what was written.
  CsvRow::Counts read_row(Places& places);

 private:
  struct File {
    std::string path;
    CsvIndex index;
    std::uint64_t first_row = 0;
  };

  void open(std::uint64_t row);
  void next_record();
  bool is_good();
  void check_class_names() const;

  CsvLayout layout_;
  CsvLearned learned_;
  CsvRow row_;
  std::vector<File> files_;
  std::uint64_t rows_ = 0;

  std::optional<CsvReader> reader_;
  const File* file_ = nullptr;  // that the reader reads
  std::uint64_t next_row_ = 0;
  std::vector<std::byte> unwanted_;  // features of one row
};

}  // namespace tusk::csv
