// SPDX-License-Identifier: Apache-2.0
#include "data/tables/text_lines.hpp"

#include <cstddef>

namespace tusk::tables {

TextLines::TextLines(const std::string& path)
    : buffer_(path, "a line of more than 64 MiB; is this a text file?") {}

bool TextLines::next() {
  buffer_.begin_record();
  std::size_t searched = 0;
  for (;;) {
    const std::string_view text = buffer_.text();
    const std::size_t newline = text.find('\n', searched);
    if (newline != std::string_view::npos) {
      buffer_.end_record(newline, 1);
      return true;
    }
    searched = text.size();
    if (buffer_.read_more()) continue;
    buffer_.end_record(searched, 1);
    return searched > 0;
  }
}

}  // namespace tusk::tables
