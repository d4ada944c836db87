// SPDX-License-Identifier: Apache-2.0
#include "tusk/core/log.hpp"

#include <cstdio>
#include <string>

namespace tusk {
namespace {

bool enabled = false;

void write_line(std::string_view prefix, std::string_view text) {
  const std::string line = fmt::format("tusk: {}{}\n", prefix, text);
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
