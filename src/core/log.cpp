// SPDX-License-Identifier: Apache-2.0
#include "core/log.hpp"

#include <cstdio>
#include <string>

namespace tusk {
namespace {

bool enabled = false;

// Files and the names in them may hold anything: control characters become escapes, so that they
// neither end the line nor reach the terminal.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += "\\n";
    } else if (code < 0x20 || code == 0x7F) {
      line += fmt::format("\\x{:02x}", code);
    } else {
      line += c;
    }
  }
  return line;
}

void write_line(std::string_view prefix, std::string_view text) {
  const std::string line = fmt::format("tusk: {}{}\n", prefix, on_one_line(text));
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

void set_logging(bool on) { enabled = on; }

void log_line(std::string_view text) {
  if (enabled) write_line("", text);
}

void print_error(std::string_view message) { write_line("error: ", message); }
void print_warning(std::string_view message) { write_line("warning: ", message); }

}  // namespace tusk
