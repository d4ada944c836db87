// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tusk/io/input_file.hpp"

namespace tusk::io {

// The records of a CSV file (RFC 4180), plain or compressed, one after the other. A field in double
// quotes may hold delimiters, line ends and quotes ("" is one quote); a quote inside an unquoted
// field stands for itself. Lines end in LF or CRLF, the last one may go without; empty lines are
// skipped, as is a UTF-8 byte order mark. Memory: one record and 1 MiB; a record above 64 MiB is an
// error.
class CsvReader {
 public:
  // Throws Error(no_input) if the file cannot be opened, Error(usage) if `delimiter` is a quote or
  // part of a line end.
  explicit CsvReader(const std::string& path, char delimiter = ',');

  const std::string& path() const { return file_.path(); }

  // The next record's fields, valid until the next call; false at the end of the file. Throws
  // Error(bad_data) with file and line for a quoted field that does not end, or ends in other text.
  bool next(std::vector<std::string_view>& fields);

  // The line, counted from 1, on which the record last returned begins.
  std::uint64_t line() const { return line_; }

  // "data.csv, line 7", for messages about that record.
  std::string where() const;

  // Back to the first record.
  void rewind();

 private:
  void start();
  bool find_record();  // sets [begin_, end_) to the next record, without its line end
  bool fill();         // moves the record to the buffer's front and reads more behind it
  std::optional<std::size_t> find_line_end() const;
  std::optional<std::size_t> find_quoted_line_end() const;  // of a record that holds quotes
  void split(std::vector<std::string_view>& fields);
  std::string_view plain_field(std::size_t& at) const;
  std::string_view quoted_field(std::size_t& at);  // takes the quotes out, in place

  InputFile file_;
  char delimiter_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;   // of the record
  std::size_t end_ = 0;     // of the record
  std::size_t next_ = 0;    // where the next record begins
  std::size_t filled_ = 0;  // end of the bytes in the buffer
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 1;
};

// The text without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// The double nearest to a decimal number, as strtod reads it (sign, exponent, "nan", "inf" in any
// case), spaces around it allowed; nothing if the text is anything else.
std::optional<double> parse_number(std::string_view text);

}  // namespace tusk::io
