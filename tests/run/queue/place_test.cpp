// SPDX-License-Identifier: Apache-2.0
#include "run/queue/place.hpp"

#include <doctest/doctest.h>

#include <string>

#include "check_fails.hpp"

using namespace tusk;
using queue::Place;

namespace {

const queue::Words awkward{"",        "a b", "it's",  "$(touch x)",  "`touch x`", "\"q\"",
                           "../../x", "-rf", "*",     "~",           "a;b&c|d>e", "\\n",
                           "!!",      "ü ☃", "{a,b}", "'; touch x'", "$HOME",     "#"};

}  // namespace

TEST_CASE("a shell takes a quoted word for what it was") {
  for (const std::string& word : awkward) {
    CAPTURE(word);
    const auto said = queue::run({"sh", "-c", "printf %s " + queue::quoted(word)});
    CHECK(said.code == 0);
    CHECK(said.out == word);
  }
}

TEST_CASE("a program gets its words as they are, without a shell") {
  queue::Words command{"printf", "%s|"};
  std::string expected;
  for (const std::string& word : awkward) {
    command.push_back(word);
    expected += word + "|";
  }
  CHECK(queue::run(command).out == expected);
}

TEST_CASE("exit codes, both streams and variables come through") {
  const auto said = queue::run({"sh", "-c", "echo \"$A\"; echo err >&2; exit 7"}, {{"A", "x y"}});
  CHECK(said.code == 7);
  CHECK(said.out == "x y\n");
  CHECK(said.err == "err\n");
  CHECK(queue::run({"sh", "-c", "kill -9 $$"}).code == 137);
  CHECK_FAILS(queue::run({"no-such-program"}), ExitCode::no_input,
              "no-such-program is not on the PATH");
}

TEST_CASE("what is written to both streams at length does not block") {
  const auto said = queue::run({"sh", "-c",
                                "i=0; while [ $i -lt 3000 ]; do echo "
                                "0123456789012345678901234567890123456789; echo "
                                "0123456789012345678901234567890123456789 >&2; "
                                "i=$((i+1)); done"});
  CHECK(said.out.size() == 3000 * 41);
  CHECK(said.err.size() == 3000 * 41);
}

TEST_CASE("hosts are what ssh takes, and no options or commands") {
  CHECK_NOTHROW(Place("me@login.example.org"));
  CHECK_NOTHROW(Place("login-2"));
  CHECK_NOTHROW(Place(""));
  for (const char* host : {"-oProxyCommand=touch x", "a b", "$(touch x)", "a;b", "a'b", "me@-x",
                           "../x", "a\nb", "host:/x", "`id`"}) {
    CAPTURE(host);
    CHECK_FAILS(Place(host), ExitCode::usage, "--host");
  }
}

TEST_CASE("the last line of what a program has said") {
  CHECK(queue::last_line("a\nb\n\n") == "b");
  CHECK(queue::last_line("b") == "b");
  CHECK(queue::last_line("\n \n").empty());
  CHECK(queue::last_line("x\x1b[31my\r\n") == "x[31my");
}
