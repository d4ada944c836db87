// SPDX-License-Identifier: Apache-2.0
#include "data/samples/repeated_stream.hpp"

namespace tusk::samples {

void RepeatedStream::start_epoch(std::uint64_t epoch) {
  inner_epoch_ = (epoch - 1) * times_ + 1;
  left_ = times_ - 1;
  stream_->start_epoch(inner_epoch_);
}

std::size_t RepeatedStream::read(Matrix features, std::span<std::int32_t> classes, Matrix values) {
  std::size_t count = 0;
  while (count < features.cols()) {
    const std::size_t more = stream_->read(
        features.last_cols(features.cols() - count), classes.subspan(classes.empty() ? 0 : count),
        values.cols() == 0 ? values : values.last_cols(values.cols() - count));
    count += more;
    if (more > 0) continue;
    if (left_ == 0) break;
    --left_;
    stream_->start_epoch(++inner_epoch_);
  }
  return count;
}

}  // namespace tusk::samples
