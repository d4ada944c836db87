// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/csv/csv_reader.hpp"
#include "data/csv/csv_row.hpp"
#include "data/csv/csv_survey.hpp"

namespace tusk::csv {

// The records of a CSV file that begin in a range of its bytes: finds them, and learns from them.
// survey_file has one on each rank.
// Lines and rows count from the range's first record, the first line is 1.
class CsvRange {
 public:
  // The range ends before byte `end`. `before`: what is known already.
  CsvRange(const std::string& path, const CsvLayout& layout, const CsvLearned& before,
           std::uint64_t end);

  // Takes the records from the one that begins at `offset` to the end of the range; the second
  // function from the first line that begins at `offset` or behind it. An error ends it, and is
  // kept.
  void take_from(std::uint64_t offset);
  void take_from_line_behind(std::uint64_t offset);

  bool failed() const { return error_ != nullptr; }
  std::uint64_t first_offset() const { return first_offset_; }
  std::uint64_t next_offset() const { return next_offset_; }  // behind the last record
  std::uint64_t lines() const { return lines_; }
  std::uint64_t rows() const { return rows_; }
  std::uint64_t bad_rows() const { return bad_rows_; }
  const std::vector<CsvMark>& marks() const { return marks_; }
  const CsvLearned& learned() const { return learned_; }

  // The error, if there is one, and what is wrong with the first bad row ("" if there is none),
  // with the lines as they are in a file where the range begins at `first_line`.
  void throw_error(std::uint64_t first_line);
  std::string describe_bad_row(std::uint64_t first_line);

 private:
  void take(const std::function<void()>& go_to_first);
  void take_record();
  void learn_record();
  void repeat(const CsvMark& record, std::uint64_t first_line);

  const CsvLayout& layout_;
  const CsvLearned& before_;
  std::uint64_t end_;
  CsvReader reader_;
  CsvRow row_;
  CsvLearned learned_;
  std::vector<std::byte> features_;  // of one row, to look at

  std::uint64_t first_offset_ = 0;
  std::uint64_t next_offset_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t bad_rows_ = 0;
  std::vector<CsvMark> marks_;
  std::optional<CsvMark> bad_row_;  // the first
  std::exception_ptr error_;
  CsvMark error_at_;
};

}  // namespace tusk::csv
