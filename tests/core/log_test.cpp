// SPDX-License-Identifier: Apache-2.0
#include "core/log.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

namespace tusk {
namespace {

// What is written to stderr meanwhile.
template <typename Work>
std::string stderr_of(const Work& work) {
  std::FILE* const file = std::tmpfile();
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  work();
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::rewind(file);
  std::array<char, 1000> buffer;
  std::string text(buffer.data(), std::fread(buffer.data(), 1, buffer.size(), file));
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("a message is one line, whatever it quotes, and sends the terminal nothing but text") {
  CHECK(stderr_of([] { print_error("column 'a\nb\x1B[31m\x7F' of größe\r"); }) ==
        "tusk: error: column 'a\\nb\\x1b[31m\\x7f' of größe\\x0d\n");
  CHECK(stderr_of([] { print_warning("plain"); }) == "tusk: warning: plain\n");
}

TEST_CASE("a process is silent until it is told to log") {
  CHECK(stderr_of([] { info("{}", 1); }).empty());
  set_logging(true);
  CHECK(stderr_of([] { info("{}", 1); }) == "tusk: 1\n");
  set_logging(false);
}

}  // namespace tusk
