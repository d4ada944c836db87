// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/tables/text.hpp"
#include "data/tables/text_buffer.hpp"

namespace tusk::csv {

// The records of a CSV file (RFC 4180), plain or compressed, one after the other. A field in double
// quotes may hold delimiters, line ends and quotes ("" is one quote); a quote inside an unquoted
// field stands for itself. Lines end in LF or CRLF, the last one may go without. A UTF-8 byte order
// mark is skipped. Where a blank is the delimiter, any number of blanks and tabs is one, and those
// at the ends of a line are none; a line of nothing else is empty. Memory: one record and 1 MiB; a
// record above 64 MiB is an error.
class CsvReader {
 public:
  // Throws Error(no_input) if the file cannot be opened, Error(usage) if `delimiter` is a quote,
  // part of a line end or may be part of a number.
  explicit CsvReader(const std::string& path, char delimiter = ',');

  const std::string& path() const { return buffer_.path(); }

  // On to the next record, which is valid until the next call; false at the end of the file. The
  // first skips empty lines, for the second they are records too.
  bool next();
  bool next_line();

  // The record: its text without the line end, with single blanks where they are delimiters, and
  // whether it holds quotes.
  std::string_view record() const { return buffer_.record(); }
  bool has_quotes() const { return has_quotes_; }

  // Its fields, valid as long; the quotes are taken out of the record itself, so that this works
  // once. Throws Error(bad_data) with file and line for a quoted field that does not end, or ends
  // in other text.
  void split(std::vector<std::string_view>& fields);

  // Where the record begins: its line, counted from 1, and its first byte in the file's content.
  std::uint64_t line() const { return buffer_.line(); }
  std::uint64_t offset() const { return buffer_.offset(); }
  tables::TextPlace place() const { return buffer_.place(); }

  // Where the next record begins: its line and its first byte.
  std::uint64_t next_line_number() const { return buffer_.next_line(); }
  std::uint64_t next_offset() const { return buffer_.next_offset(); }

  // Goes to a byte of the content that a record begins with, and its line.
  void go_to(std::uint64_t offset, std::uint64_t line);

  // Goes to the first line that begins at `offset` or behind it, as if quotes had no meaning, and
  // calls it line 1. To the end of the file if there is none.
  void go_to_line_behind(std::uint64_t offset);

 private:
  // How many bytes the record that begins the text has before its line feed, if that is there.
  std::optional<std::size_t> find_length(std::string_view text);
  std::optional<std::size_t> find_quoted_length(std::string_view text) const;
  std::string_view quoted_field(std::size_t& at);
  bool separates(char c) const { return c == delimiter_ || (blanks_ && c == '\t'); }
  void squeeze_blanks();

  tables::TextBuffer buffer_;
  char delimiter_;
  bool blanks_;  // any number of blanks is one delimiter
  bool has_quotes_ = false;
};

}  // namespace tusk::csv
