// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace tusk {

// Messages for the person who runs the program, on stderr, each one line that begins with "tusk:".
// By default every process is silent; `main` turns logging on for rank 0, so that a message that
// every rank has is printed once.
void set_logging(bool enabled);

void log_line(std::string_view text);  // writes "tusk: text\n" in one write, if logging is on

template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line("warning: " + fmt::format(format, std::forward<Args>(args)...));
}

// "tusk: error: message\n" and "tusk: warning: message\n" on stderr, whether logging is on or not.
void print_error(std::string_view message);
void print_warning(std::string_view message);

}  // namespace tusk
