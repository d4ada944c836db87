// SPDX-License-Identifier: Apache-2.0
#include "data/tables/python_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::tables {

bool PythonReader::sees(char c) {
  skip_spaces();
  return rest_.starts_with(c);
}

bool PythonReader::skip(char c) {
  if (!sees(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

void PythonReader::expect(char c) {
  if (!skip(c)) malformed();
}

bool PythonReader::at_end() {
  skip_spaces();
  return rest_.empty();
}

std::string_view PythonReader::text() {
  const char quote = sees('"') ? '"' : '\'';
  expect(quote);
  std::size_t length = 0;
  while (length < rest_.size() && rest_[length] != quote) length += rest_[length] == '\\' ? 2 : 1;
  if (length >= rest_.size()) malformed();
  const std::string_view value = rest_.substr(0, length);
  rest_.remove_prefix(length + 1);
  return value;
}

bool PythonReader::boolean() {
  skip_spaces();
  for (const auto& [word, value] : {std::pair("True", true), std::pair("False", false)}) {
    if (rest_.starts_with(word)) {
      rest_.remove_prefix(std::string_view(word).size());
      return value;
    }
  }
  malformed();
}

std::vector<std::uint64_t> PythonReader::tuple() {
  std::vector<std::uint64_t> values;
  expect('(');
  while (!skip(')')) {
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), values.emplace_back());
    if (error != std::errc()) malformed();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (!skip(',') && !sees(')')) malformed();
  }
  return values;
}

void PythonReader::malformed() const {
  fail(ExitCode::bad_data, "{}: its NPY header is malformed", path_);
}

void PythonReader::skip_spaces() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
}

}  // namespace tusk::tables
