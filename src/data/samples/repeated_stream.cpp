// SPDX-License-Identifier: Apache-2.0
#include "data/samples/repeated_stream.hpp"

#include <algorithm>

namespace tusk::samples {

void RepeatedStream::start_epoch(std::uint64_t epoch) {
  inner_epoch_ = (epoch - 1) * times_ + 1;
  left_ = times_ - 1;
  stream_->start_epoch(inner_epoch_);
}

std::size_t RepeatedStream::read(const SampleRoom& room) {
  std::size_t count = 0;
  while (count < room.size) {
    const std::size_t more = stream_->read(room.after(count));
    count += more;
    if (more > 0) continue;
    if (left_ == 0) break;
    --left_;
    stream_->start_epoch(++inner_epoch_);
  }
  return count;
}

void RepeatedStream::skip(std::size_t count) {
  if (count == 0) return;
  const std::size_t passes = std::min(count / stream_->samples(), left_);
  if (passes > 0) {
    left_ -= passes;
    inner_epoch_ += passes;
    stream_->start_epoch(inner_epoch_);
  }
  stream_->skip(count - passes * stream_->samples());
}

}  // namespace tusk::samples
