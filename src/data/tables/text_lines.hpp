// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/tables/input_file.hpp"
#include "data/tables/text.hpp"

namespace tusk::tables {

// The lines of a text file, plain or compressed, one after the other. They end in LF or CRLF, the
// last one may go without; a UTF-8 byte order mark is skipped. Memory: a line and 1 MiB; a line
// above 64 MiB is an error.
class TextLines {
 public:
  explicit TextLines(const std::string& path);

  const std::string& path() const { return file_.path(); }
  bool is_compressed() const { return file_.is_compressed(); }

  // On to the next line, which is valid until the next call; false at the end of the file.
  bool next();
  std::string_view line() const { return {buffer_.data() + begin_, end_ - begin_}; }

  // Where it begins: its number, from 1, and its first byte in the file's content.
  std::uint64_t number() const { return number_; }
  std::uint64_t offset() const { return buffer_offset_ + begin_; }
  TextPlace place() const { return {path(), number_}; }

  // Goes to a byte of the content that a line begins with, and its number.
  void go_to(std::uint64_t offset, std::uint64_t number);

  // Goes to the first line that begins at `offset` or behind it, and calls it line 1. To the end of
  // the file if there is none.
  void go_to_line_behind(std::uint64_t offset);

 private:
  bool fill();  // moves the line to the buffer's front and reads more behind it

  InputFile file_;
  std::vector<char> buffer_;
  std::uint64_t buffer_offset_ = 0;  // of the buffer's first byte in the content
  std::size_t begin_ = 0;            // of the line
  std::size_t end_ = 0;              // of the line
  std::size_t next_ = 0;             // where the next line begins
  std::size_t filled_ = 0;           // end of the bytes in the buffer
  std::uint64_t number_ = 0;
};

}  // namespace tusk::tables
