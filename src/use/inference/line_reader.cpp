// SPDX-License-Identifier: Apache-2.0
#include "use/inference/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tusk/error.hpp"

namespace tusk::inference {
namespace {

constexpr std::size_t read_bytes = 64UL << 10;

}  // namespace

LineReader::LineReader(int descriptor, std::size_t longest)
    : descriptor_(descriptor), longest_(longest), buffer_(longest + 2 + read_bytes) {}

std::optional<Line> LineReader::next() {
  const void* found = std::memchr(buffer_.data() + searched_, '\n', filled_ - searched_);
  if (found != nullptr) {
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
    return take(end, end + 1);
  }
  searched_ = filled_;
  if (ended_ && (begin_ < filled_ || too_long_)) return take(filled_, filled_);
  return std::nullopt;
}

std::optional<Line> LineReader::take(std::size_t end, std::size_t next) {
  std::string_view text(buffer_.data() + begin_, end - begin_);
  if (text.ends_with('\r')) text.remove_suffix(1);
  Line line{.number = ++number_, .text = text, .too_long = too_long_ || text.size() > longest_};
  if (line.too_long) line.text = {};
  too_long_ = false;
  begin_ = searched_ = next;
  return line;
}

// Moves what is left to the front; of a line that is too long already nothing is kept.
void LineReader::make_room() {
  if (filled_ - begin_ > longest_ + 1) {  // of which the last may be the CR of its end
    too_long_ = true;
    begin_ = searched_ = filled_;
  }
  if (buffer_.size() - filled_ >= read_bytes) return;
  std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
  searched_ -= begin_;
  filled_ -= begin_;
  begin_ = 0;
}

bool LineReader::read_within(std::optional<std::chrono::milliseconds> wait) {
  if (ended_) return true;
  make_room();
  for (;;) {
    pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
    const int count = ::poll(&ready, 1, wait ? static_cast<int>(wait->count()) : -1);
    if (count == 0) return false;
    if (count > 0) {
      const ssize_t bytes = ::read(descriptor_, buffer_.data() + filled_, read_bytes);
      if (bytes >= 0) {
        filled_ += static_cast<std::size_t>(bytes);
        ended_ = bytes == 0;
        return true;
      }
    }
    if (errno != EINTR && errno != EAGAIN) {
      fail(ExitCode::io_error, "the input stream cannot be read: {}", std::strerror(errno));
    }
  }
}

}  // namespace tusk::inference
