// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/tables/input_file.hpp"
#include "data/tables/text.hpp"

namespace tusk::tables {

// A text file, plain or compressed, read from front to back in records: TextLines and CsvReader are
// made of it. They say where a record ends; the buffer keeps the record whole in memory, reads on
// behind it, counts lines and bytes, skips a UTF-8 byte order mark and takes the carriage return of
// a CRLF away.
//
// A reader calls begin_record(), looks for the end in text(), calls read_more() as long as the end
// is not there, and says by end_record() where it is.
//
// Memory: the longest record and 1 MiB. A record above 64 MiB is Error(bad_data) with file and
// line. Reading throws what InputFile::read throws.
class TextBuffer {
 public:
  // Reads nothing yet. `too_long`: what is said of a record above 64 MiB.
  TextBuffer(const std::string& path, std::string_view too_long);

  const std::string& path() const { return file_.path(); }

  // The next record begins where the last one ended.
  void begin_record() {
    begin_ = next_;
    line_ = next_line_;
  }

  // What has been read from the record's first byte on; a call of read_more() moves it.
  std::string_view text() const { return {buffer_.data() + begin_, filled_ - begin_}; }

  // Reads more behind it. False at the end of the file.
  bool read_more();

  // The record has `length` bytes of text(), of `lines` lines, and is followed by a line feed
  // unless the file ends with it.
  void end_record(std::size_t length, std::uint64_t lines) {
    end_ = begin_ + length;
    next_ = std::min(end_ + 1, filled_);
    next_line_ = line_ + lines;
    if (length > 0 && buffer_[end_ - 1] == '\r') --end_;
  }

  // The record without its line end, until the next record begins. It may be changed in place.
  std::string_view record() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void shorten_record(std::size_t length) { end_ = begin_ + length; }
  std::span<char> record_bytes() { return std::span(buffer_).subspan(begin_, end_ - begin_); }

  // Where the record begins: its line, from 1, and its first byte in the file's content.
  std::uint64_t line() const { return line_; }
  std::uint64_t offset() const { return buffer_offset_ + begin_; }
  TextPlace place() const { return {path(), line_}; }

  // Where the next record begins.
  std::uint64_t next_line() const { return next_line_; }
  std::uint64_t next_offset() const { return buffer_offset_ + next_; }

  // Goes to a byte of the content that a record begins with, and its line. Reads nothing yet.
  void go_to(std::uint64_t offset, std::uint64_t line);

  // Goes to the first line that begins at `offset` or behind it, and calls it line 1. To the end of
  // the file if there is none. Reads what lies between; where that is above 64 MiB, it is part of a
  // record that is an error.
  void go_to_line_behind(std::uint64_t offset);

 private:
  InputFile file_;
  std::string_view too_long_;
  std::vector<char> buffer_;
  std::uint64_t buffer_offset_ = 0;  // of the buffer's first byte in the content
  std::size_t begin_ = 0;            // of the record
  std::size_t end_ = 0;              // of the record
  std::size_t next_ = 0;             // where the next record begins
  std::size_t filled_ = 0;           // end of the bytes in the buffer
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 1;
};

}  // namespace tusk::tables
