// SPDX-License-Identifier: Apache-2.0
#include "data/tables/text_buffer.hpp"

#include <cstring>

#include "data/tables/byte_order_mark.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t first_buffer_bytes = std::size_t{1} << 20;
constexpr std::size_t longest_record_bytes = std::size_t{64} << 20;

}  // namespace

TextBuffer::TextBuffer(const std::string& path, std::string_view too_long)
    : file_(path),
      too_long_(too_long),
      buffer_(std::min<std::uint64_t>(first_buffer_bytes, file_.max_bytes() + 1)) {}

bool TextBuffer::read_more() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
  buffer_offset_ += begin_;
  filled_ -= begin_;
  begin_ = next_ = 0;
  if (filled_ == buffer_.size()) {
    if (filled_ >= longest_record_bytes) {
      fail(ExitCode::bad_data, "{}: {}", place().text(), too_long_);
    }
    buffer_.resize(2 * buffer_.size());
  }
  const bool first = buffer_offset_ + filled_ == 0;
  const std::size_t got = file_.read(std::as_writable_bytes(std::span(buffer_).subspan(filled_)));
  filled_ += got;
  if (first && text().starts_with(byte_order_mark)) begin_ = next_ = byte_order_mark.size();
  return got > 0;
}

void TextBuffer::go_to(std::uint64_t offset, std::uint64_t line) {
  file_.seek(offset);
  buffer_offset_ = offset;
  begin_ = end_ = next_ = filled_ = 0;
  line_ = 0;
  next_line_ = line;
}

void TextBuffer::go_to_line_behind(std::uint64_t offset) {
  go_to(offset == 0 ? 0 : offset - 1, 1);
  if (offset == 0) return;
  std::uint64_t skipped = 0;
  while (read_more()) {
    const std::size_t newline = text().find('\n');
    if (newline != std::string_view::npos) {
      next_ = begin_ + newline + 1;
      return;
    }
    skipped += filled_ - begin_;
    if (skipped > longest_record_bytes) fail(ExitCode::bad_data, "{}: {}", path(), too_long_);
    begin_ = filled_;  // nothing of this line is kept
  }
}

}  // namespace tusk::tables
