// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tusk::inference {

// A line of a stream, without its end (LF or CRLF).
struct Line {
  std::uint64_t number = 0;  // from 1
  std::string_view text;     // empty for a line that is too long
  bool too_long = false;
};

// The lines of a stream that comes piece by piece, as from a pipe, and need never end. What follows
// the last line end is a line, too. Memory: the longest line that is kept and 64 KiB; the rest of a
// longer one is read and dropped.
class LineReader {
 public:
  // Reads from an open descriptor, which stays open. `longest`: bytes of a line without its end.
  LineReader(int descriptor, std::size_t longest);

  // The next line, valid until the next call of read(), if what was read has a whole one.
  std::optional<Line> next();

  // Reads what there is, and waits until something comes: for ever, or at most so long. Returns
  // whether something has come; the end of the stream counts. Error(io_error).
  bool read() { return read_within(std::nullopt); }
  bool read(std::chrono::milliseconds wait) { return read_within(wait); }

  // Whether the end has been read. There may be lines left.
  bool ended() const { return ended_; }

 private:
  bool read_within(std::optional<std::chrono::milliseconds> wait);
  void make_room();
  std::optional<Line> take(std::size_t end, std::size_t next);

  int descriptor_;
  std::size_t longest_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;     // of the next line
  std::size_t searched_ = 0;  // up to here there is no line end
  std::size_t filled_ = 0;
  std::uint64_t number_ = 0;
  bool too_long_ = false;  // the line whose beginning was dropped
  bool ended_ = false;
};

}  // namespace tusk::inference
