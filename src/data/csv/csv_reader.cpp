// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_reader.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "core/error.hpp"

namespace tusk::csv {
namespace {

constexpr std::size_t first_buffer_bytes = std::size_t{1} << 20;
constexpr std::size_t largest_record_bytes = std::size_t{64} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(const std::string& path, char delimiter)
    : file_(path),
      delimiter_(delimiter),
      buffer_(std::min<std::uint64_t>(first_buffer_bytes, file_.max_bytes() + 1)) {
  const bool of_numbers = std::isalnum(static_cast<unsigned char>(delimiter)) != 0;
  if (of_numbers || std::string_view("+-.\"\r\n").find(delimiter) != std::string_view::npos) {
    fail(
        ExitCode::usage,
        "quotes, line ends and what numbers are made of cannot separate the columns of a CSV file");
  }
  go_to(0, 1);
}

void CsvReader::go_to(std::uint64_t offset, std::uint64_t line) {
  file_.seek(offset);
  buffer_offset_ = offset;
  begin_ = end_ = next_ = filled_ = 0;
  line_ = 0;
  next_line_ = line;
  fill();
  if (offset == 0 && std::string_view(buffer_.data(), filled_).starts_with(byte_order_mark)) {
    next_ = byte_order_mark.size();
  }
}

void CsvReader::go_to_line_behind(std::uint64_t offset) {
  if (offset == 0) return go_to(0, 1);
  go_to(offset - 1, 1);
  while (filled_ > 0) {
    const std::size_t newline = std::string_view(buffer_.data(), filled_).find('\n');
    if (newline != std::string_view::npos) {
      next_ = newline + 1;
      return;
    }
    begin_ = filled_;
    fill();
  }
}

bool CsvReader::next() {
  while (next_line()) {
    if (begin_ < end_) return true;
  }
  return false;
}

bool CsvReader::next_line() {
  begin_ = next_;
  line_ = next_line_;
  std::optional<std::size_t> line_end = find_line_end();
  while (!line_end && fill()) line_end = find_line_end();
  if (!line_end && begin_ == filled_) return false;
  end_ = line_end.value_or(filled_);
  next_ = line_end ? end_ + 1 : end_;
  ++next_line_;
  if (has_quotes_) {
    next_line_ += static_cast<std::uint64_t>(
        std::count(buffer_.data() + begin_, buffer_.data() + end_, '\n'));
  }
  if (begin_ < end_ && buffer_[end_ - 1] == '\r') --end_;
  return true;
}

bool CsvReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
  buffer_offset_ += begin_;
  filled_ -= begin_;
  begin_ = 0;
  if (filled_ == buffer_.size()) {
    if (filled_ >= largest_record_bytes) {
      fail(ExitCode::bad_data,
           "{}: a record of more than 64 MiB; is a closing quote missing, or is this no CSV file?",
           place().text());
    }
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t got = file_.read(std::as_writable_bytes(std::span(buffer_).subspan(filled_)));
  filled_ += got;
  return got > 0;
}

std::optional<std::size_t> CsvReader::find_line_end() {
  const std::string_view rest(buffer_.data() + begin_, filled_ - begin_);
  const std::size_t newline = rest.find('\n');
  has_quotes_ = rest.substr(0, newline).find('"') != std::string_view::npos;
  if (has_quotes_) return find_quoted_line_end();
  if (newline == std::string_view::npos) return std::nullopt;
  return begin_ + newline;
}

std::optional<std::size_t> CsvReader::find_quoted_line_end() const {
  const char* at = buffer_.data() + begin_;
  const char* const last = buffer_.data() + filled_;
  while (at < last) {  // once a field
    if (*at == '"') {
      ++at;
      // An odd number of quotes ends the field: "" stands for a quote.
      for (bool open = true; open && at < last;) {
        at = std::find(at, last, '"');
        const char* const run = at;
        at = std::find_if(at, last, [](char c) { return c != '"'; });
        open = (at - run) % 2 == 0;
      }
    }
    at = std::find_if(at, last, [this](char c) { return c == delimiter_ || c == '\n'; });
    if (at < last && *at == '\n') return static_cast<std::size_t>(at - buffer_.data());
    if (at < last) ++at;
  }
  return std::nullopt;
}

void CsvReader::split(std::vector<std::string_view>& fields) {
  fields.clear();
  std::size_t at = begin_;
  for (;;) {
    fields.push_back(at < end_ && buffer_[at] == '"' ? quoted_field(at) : plain_field(at));
    if (at == end_) return;
    ++at;  // past the delimiter
  }
}

std::string_view CsvReader::plain_field(std::size_t& at) const {
  const std::string_view rest(buffer_.data() + at, end_ - at);
  const std::string_view field = rest.substr(0, rest.find(delimiter_));
  at += field.size();
  return field;
}

std::string_view CsvReader::quoted_field(std::size_t& at) {
  const std::size_t first = ++at;
  std::size_t out = first;
  for (;; ++at) {
    if (at == end_) {
      fail(ExitCode::bad_data, "{}: a quoted field does not end", place().text());
    }
    if (buffer_[at] == '"') {
      if (at + 1 == end_ || buffer_[at + 1] != '"') break;
      ++at;
    }
    buffer_[out++] = buffer_[at];
  }
  ++at;  // past the closing quote
  if (at < end_ && buffer_[at] != delimiter_) {
    fail(ExitCode::bad_data, "{}: text behind the closing quote of a field", place().text());
  }
  return {buffer_.data() + first, out - first};
}

}  // namespace tusk::csv
