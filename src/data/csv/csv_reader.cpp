// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_reader.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <span>

#include "tusk/error.hpp"

namespace tusk::csv {

CsvReader::CsvReader(const std::string& path, char delimiter)
    : buffer_(path,
              "a record of more than 64 MiB; is a closing quote missing, or is this no CSV file?"),
      delimiter_(delimiter),
      blanks_(delimiter == ' ') {
  const bool of_numbers = std::isalnum(static_cast<unsigned char>(delimiter)) != 0;
  if (of_numbers || std::string_view("+-.\"\r\n").find(delimiter) != std::string_view::npos) {
    fail(
        ExitCode::usage,
        "quotes, line ends and what numbers are made of cannot separate the columns of a CSV file");
  }
  go_to(0, 1);
}

// Reads at once, so that next_offset() is behind a byte order mark.
void CsvReader::go_to(std::uint64_t offset, std::uint64_t line) {
  buffer_.go_to(offset, line);
  buffer_.read_more();
}

void CsvReader::go_to_line_behind(std::uint64_t offset) {
  if (offset == 0) return go_to(0, 1);
  buffer_.go_to_line_behind(offset);
}

bool CsvReader::next() {
  while (next_line()) {
    if (!record().empty()) return true;
  }
  return false;
}

bool CsvReader::next_line() {
  buffer_.begin_record();
  std::optional<std::size_t> length = find_length(buffer_.text());
  while (!length && buffer_.read_more()) length = find_length(buffer_.text());
  const std::string_view text = buffer_.text();
  if (!length && text.empty()) return false;
  const std::size_t bytes = length.value_or(text.size());
  const std::ptrdiff_t line_feeds =
      has_quotes_ ? std::count(text.data(), text.data() + bytes, '\n') : 0;
  buffer_.end_record(bytes, 1 + static_cast<std::uint64_t>(line_feeds));
  if (blanks_) squeeze_blanks();
  return true;
}

std::optional<std::size_t> CsvReader::find_length(std::string_view text) {
  const std::size_t newline = text.find('\n');
  has_quotes_ = text.substr(0, newline).find('"') != std::string_view::npos;
  if (has_quotes_) return find_quoted_length(text);
  if (newline == std::string_view::npos) return std::nullopt;
  return newline;
}

std::optional<std::size_t> CsvReader::find_quoted_length(std::string_view text) const {
  const char* at = text.data();
  const char* const last = text.data() + text.size();
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
    at = std::find_if(at, last, [this](char c) { return separates(c) || c == '\n'; });
    if (at < last && *at == '\n') return static_cast<std::size_t>(at - text.data());
    if (at < last) ++at;
  }
  return std::nullopt;
}

// In place: a blank between the fields, and none around them. Quoted fields stay.
void CsvReader::squeeze_blanks() {
  const std::span<char> record = buffer_.record_bytes();
  std::size_t out = 0;
  for (std::size_t at = 0; at < record.size();) {
    if (separates(record[at])) {
      ++at;
      continue;
    }
    if (out > 0) record[out++] = ' ';
    const bool may_close = record[at] == '"';
    bool quoted = may_close;
    record[out++] = record[at++];
    for (; at < record.size() && (quoted || !separates(record[at])); ++at) {
      // The closing quote; "" closes and opens again.
      if (may_close && record[at] == '"' && (quoted || record[at - 1] == '"')) quoted = !quoted;
      record[out++] = record[at];
    }
  }
  buffer_.shorten_record(out);
}

void CsvReader::split(std::vector<std::string_view>& fields) {
  fields.clear();
  const std::string_view record = buffer_.record();
  for (std::size_t at = 0;; ++at) {  // past the delimiter
    if (at < record.size() && record[at] == '"') {
      fields.push_back(quoted_field(at));
    } else {
      const std::string_view rest = record.substr(at);
      fields.push_back(rest.substr(0, rest.find(delimiter_)));
      at += fields.back().size();
    }
    if (at == record.size()) return;
  }
}

// Takes the quotes out in place. `at`: where the field begins, and then what follows it.
std::string_view CsvReader::quoted_field(std::size_t& at) {
  const std::span<char> record = buffer_.record_bytes();
  const std::size_t first = ++at;
  std::size_t out = first;
  for (;; ++at) {
    if (at == record.size()) {
      fail(ExitCode::bad_data, "{}: a quoted field does not end", place().text());
    }
    if (record[at] == '"') {
      if (at + 1 == record.size() || record[at + 1] != '"') break;
      ++at;
    }
    record[out++] = record[at];
  }
  ++at;  // past the closing quote
  if (at < record.size() && record[at] != delimiter_) {
    fail(ExitCode::bad_data, "{}: text behind the closing quote of a field", place().text());
  }
  return {record.data() + first, out - first};
}

}  // namespace tusk::csv
