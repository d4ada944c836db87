// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/tables/text.hpp"
#include "data/tables/text_buffer.hpp"

namespace tusk::tables {

// The lines of a text file, plain or compressed, one after the other; the readers of libsvm files
// use it. Lines end in LF or CRLF, the last one may go without; a UTF-8 byte order mark is skipped.
// Memory: a line and 1 MiB; a line above 64 MiB is an error.
class TextLines {
 public:
  explicit TextLines(const std::string& path);

  const std::string& path() const { return buffer_.path(); }

  // On to the next line, which is valid until the next call; false at the end of the file.
  bool next();
  std::string_view line() const { return buffer_.record(); }

  // Where it begins: its number, from 1, and its first byte in the file's content.
  std::uint64_t number() const { return buffer_.line(); }
  std::uint64_t offset() const { return buffer_.offset(); }
  TextPlace place() const { return buffer_.place(); }

  // Goes to a byte of the content that a line begins with, and its number.
  void go_to(std::uint64_t offset, std::uint64_t number) { buffer_.go_to(offset, number); }

  // Goes to the first line that begins at `offset` or behind it, and calls it line 1. To the end of
  // the file if there is none.
  void go_to_line_behind(std::uint64_t offset) { buffer_.go_to_line_behind(offset); }

 private:
  TextBuffer buffer_;
};

}  // namespace tusk::tables
