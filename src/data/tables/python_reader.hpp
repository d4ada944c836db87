// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tusk::tables {

// Reads what Python prints for dictionaries, lists, texts and small numbers, from left to right, as
// NPY headers have it. Nothing but what NumPy writes is understood. `path` is for messages.
class PythonReader {
 public:
  PythonReader(std::string_view text, const std::string& path) : rest_(text), path_(path) {}

  bool skip(char c);  // false if something else comes next
  void expect(char c);
  bool sees(char c);
  bool at_end();

  // 'text' or "text", as it stands there; a quote behind a backslash does not end it.
  std::string_view text();
  bool boolean();
  std::vector<std::uint64_t> tuple();  // (60000, 28), (5,), ()

  [[noreturn]] void malformed() const;
  const std::string& path() const { return path_; }

 private:
  void skip_spaces();

  std::string_view rest_;
  const std::string& path_;
};

}  // namespace tusk::tables
