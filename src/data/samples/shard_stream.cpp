// SPDX-License-Identifier: Apache-2.0
#include "data/samples/shard_stream.hpp"

#include <algorithm>

#include "data/samples/epoch_order.hpp"

namespace tusk::samples {

ShardStream::ShardStream(const Shard& shard, const SampleOrder& options)
    : shard_(shard), options_(options), order_(shard.size()), next_(shard.size()) {}

void ShardStream::start_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  order_in_memory(options_, epoch, order_);
  next_ = 0;
}

std::size_t ShardStream::read(const SampleRoom& room) {
  const std::size_t count = std::min(room.size, order_.size() - next_);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = order_[next_ + i];
    shard_.copy_to(index, room, i);
    if (!room.origins.empty()) room.set_origin(i, {shard_.row(index), epoch_, index});
  }
  next_ += count;
  return count;
}

void ShardStream::skip(std::size_t count) { next_ = std::min(next_ + count, order_.size()); }

}  // namespace tusk::samples
