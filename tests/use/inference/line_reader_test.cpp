// SPDX-License-Identifier: Apache-2.0
#include "use/inference/line_reader.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "check_fails.hpp"

namespace tusk::inference {
namespace {

using namespace std::chrono_literals;

// A pipe whose reading end a LineReader gets.
class Pipe {
 public:
  Pipe() { REQUIRE(::pipe(ends_.data()) == 0); }
  ~Pipe() {
    ::close(ends_[0]);
    close();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reading_end() const { return ends_[0]; }
  void write(const std::string& text) const {
    REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void close() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{};
};

// All lines up to the end, one that is too long as "…".
std::vector<std::string> all_lines(LineReader& reader) {
  std::vector<std::string> lines;
  for (;;) {
    if (const auto line = reader.next()) {
      lines.emplace_back(line->too_long ? "…" : line->text);
      CHECK(line->number == lines.size());
    } else if (reader.ended()) {
      return lines;
    } else {
      reader.read();
    }
  }
}

}  // namespace

TEST_CASE("lines end in LF or CRLF, the last one in nothing") {
  Pipe pipe;
  pipe.write("one\ntwo\r\n\n\r\nlast\r");
  pipe.close();
  LineReader reader(pipe.reading_end(), 10);
  CHECK(all_lines(reader) == std::vector<std::string>{"one", "two", "", "", "last"});
}

TEST_CASE("a line is there once its end is, and nothing waits longer than it is told to") {
  Pipe pipe;
  LineReader reader(pipe.reading_end(), 100);
  CHECK_FALSE(reader.read(0ms));
  pipe.write("ha");
  CHECK(reader.read(0ms));
  CHECK_FALSE(reader.next().has_value());
  pipe.write("lf\nmore");
  CHECK(reader.read());
  CHECK(reader.next().value().text == "half");
  CHECK_FALSE(reader.next().has_value());
  CHECK_FALSE(reader.ended());
  pipe.close();
  CHECK(reader.read());
  CHECK(reader.ended());
  CHECK(reader.next().value().text == "more");
  CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("a line of just the length is kept, and a longer one is dropped, however long it is") {
  for (const std::string end : {"\n", "\r\n"}) {
    const std::string longest(1000, 'x');
    std::string text = longest + end + longest + "y" + end + "short" + end;
    text += std::string(5'000'000, 'z') + end + longest;
    Pipe pipe;
    std::thread writer([&] {
      for (std::size_t at = 0; at < text.size(); at += 777) pipe.write(text.substr(at, 777));
      pipe.close();
    });
    LineReader reader(pipe.reading_end(), longest.size());
    CHECK(all_lines(reader) == std::vector<std::string>{longest, "…", "short", "…", longest});
    writer.join();
  }
}

TEST_CASE("a long line that never ends is one line that is too long") {
  Pipe pipe;
  pipe.write(std::string(30'000, 'x'));
  pipe.close();
  LineReader reader(pipe.reading_end(), 10);
  CHECK(all_lines(reader) == std::vector<std::string>{"…"});
}

TEST_CASE("a stream that cannot be read is an error") {
  const int folder = ::open("/", O_RDONLY);
  CHECK_FAILS(LineReader(folder, 10).read(), ExitCode::io_error, "Is a directory");
  ::close(folder);
}

}  // namespace tusk::inference
