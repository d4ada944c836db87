// SPDX-License-Identifier: Apache-2.0
#include "run/worker/passes.hpp"

#include "exchange/center/control_board.hpp"
#include "run/worker/partition_passes.hpp"

namespace tusk::worker {

std::optional<DataPass> ShardPasses::next() {
  if (epoch_ == epochs_) return std::nullopt;
  batches_.start_epoch(++epoch_);
  return DataPass{epoch_, &batches_, partition_};
}

std::optional<DataPass> PartitionPasses::next() {
  const auto claim = static_cast<std::uint64_t>(board_.fetch_add(center::Cell::next_partition, 1));
  const std::uint64_t epoch = claim / partitions_ + 1;
  const std::size_t partition = claim % partitions_;
  if (epoch > options_.epochs) return std::nullopt;
  batches_.reset();
  samples_ = read_(partition);
  samples::BatchOptions options = options_;
  options.worker = static_cast<std::uint32_t>(partition);
  options.epochs = epoch;
  batches_.emplace(*samples_, options);
  batches_->start_epoch(epoch);
  return DataPass{static_cast<std::uint32_t>(epoch), &*batches_, options.worker};
}

}  // namespace tusk::worker
