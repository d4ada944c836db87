// SPDX-License-Identifier: Apache-2.0
#include "data/tables/text_lines.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "core/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t first_buffer_bytes = std::size_t{1} << 20;
constexpr std::size_t longest_line_bytes = std::size_t{64} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

TextLines::TextLines(const std::string& path)
    : file_(path), buffer_(std::min<std::uint64_t>(first_buffer_bytes, file_.max_bytes() + 1)) {}

bool TextLines::next() {
  begin_ = next_;
  ++number_;
  std::size_t searched = begin_;
  for (;;) {
    const std::string_view rest(buffer_.data() + searched, filled_ - searched);
    const std::size_t newline = rest.find('\n');
    if (newline != std::string_view::npos) {
      end_ = searched + newline;
      next_ = end_ + 1;
      break;
    }
    searched = filled_ - begin_;  // once fill() has moved the line to the front
    if (!fill()) {
      end_ = next_ = filled_;
      if (begin_ == end_) return false;
      break;
    }
  }
  if (begin_ < end_ && buffer_[end_ - 1] == '\r') --end_;
  if (offset() == 0 && line().starts_with(byte_order_mark)) begin_ += byte_order_mark.size();
  return true;
}

bool TextLines::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
  buffer_offset_ += begin_;
  filled_ -= begin_;
  begin_ = 0;
  if (filled_ == buffer_.size()) {
    if (filled_ >= longest_line_bytes) {
      fail(ExitCode::bad_data, "{}: a line of more than 64 MiB; is this a text file?",
           place().text());
    }
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t got = file_.read(std::as_writable_bytes(std::span(buffer_).subspan(filled_)));
  filled_ += got;
  return got > 0;
}

void TextLines::go_to(std::uint64_t offset, std::uint64_t number) {
  file_.seek(offset);
  buffer_offset_ = offset;
  begin_ = end_ = next_ = filled_ = 0;
  number_ = number - 1;
}

void TextLines::go_to_line_behind(std::uint64_t offset) {
  go_to(offset == 0 ? 0 : offset - 1, 1);
  if (offset == 0) return;
  next();  // what is left of the line before, or its end
  number_ = 0;
}

}  // namespace tusk::tables
