// SPDX-License-Identifier: Apache-2.0
#include "use/inference/prediction_stream.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "tusk/error.hpp"
#include "use/inference/event_batch.hpp"

namespace tusk::inference {
namespace {

// Returns whether the reader is still there.
bool write_all(int output, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(output, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{.fd = output, .events = POLLOUT, .revents = 0};
      ::poll(&ready, 1, -1);
    } else if (errno == EPIPE) {
      return false;
    } else if (errno != EINTR) {
      fail(ExitCode::io_error, "the output stream cannot be written: {}", std::strerror(errno));
    }
  }
  return true;
}

// Fills the batch until it is to be computed. Returns the lines added.
std::uint64_t collect(LineReader& reader, EventBatch& batch) {
  using namespace std::chrono_literals;
  std::uint64_t lines = 0;
  while (!batch.full()) {
    if (const auto line = reader.next()) {
      batch.add(*line);
      ++lines;
      if (batch.due()) break;
    } else if (reader.ended()) {
      break;
    } else if (batch.empty()) {
      reader.read();
    } else if (!reader.read(0ms)) {
      break;
    }
  }
  return lines;
}

std::size_t longest_line(const evaluation::TrainedModel& model) {
  std::size_t numbers = 0;
  for (const graph::ModelInput& input : model.model.inputs()) numbers += input.shape.elements();
  return (1UL << 20) + 32 * numbers;
}

}  // namespace

StreamCounts stream_predictions(int input, int output,
                                std::span<const evaluation::TrainedModel> members,
                                evaluation::Combine combine, const StreamOptions& options) {
  LineReader reader(input, longest_line(members.front()));
  EventBatch batch(members, combine, options);
  fmt::memory_buffer out;
  StreamCounts counts;
  const auto answer = [&] {
    out.clear();
    batch.answer(out);
    return write_all(output, {out.data(), out.size()});
  };
  try {
    while (const std::uint64_t lines = collect(reader, batch)) {
      counts.reader_left = !answer();
      counts.lines += lines;
      counts.bad_lines = batch.bad_lines();
      if (counts.reader_left) break;
    }
  } catch (const Error&) {  // a header of other columns: the lines before it get their answers
    if (!batch.empty()) answer();
    throw;
  }
  return counts;
}

}  // namespace tusk::inference
