// SPDX-License-Identifier: Apache-2.0
#include "run/worker/passes.hpp"

#include "exchange/center/control_board.hpp"
#include "run/worker/partition_passes.hpp"

namespace tusk::worker {

std::optional<DataPass> ShardPasses::next() {
  if (epoch_ >= epochs_) return std::nullopt;
  batches_.start_epoch(++epoch_);
  return DataPass{epoch_, &batches_, partition_};
}

void ShardPasses::keep(State& state) {
  state("epoch", epoch_);
  state("batches", batches_);
}

std::optional<DataPass> ShardPasses::current() {
  if (epoch_ == 0) return std::nullopt;
  return DataPass{epoch_, &batches_, partition_};
}

std::optional<DataPass> PartitionPasses::next() {
  const auto claim = static_cast<std::uint64_t>(board_.fetch_add(center::Cell::next_partition, 1));
  if (!begin(claim)) return std::nullopt;
  batches_->start_epoch(claim / partitions_ + 1);
  return current();
}

// Takes what has been claimed; false if there are not so many epochs.
bool PartitionPasses::begin(std::uint64_t claim) {
  claim_ = claim;
  const std::uint64_t epoch = claim / partitions_ + 1;
  const std::size_t partition = claim % partitions_;
  if (epoch > options_.epochs) return false;
  batches_.reset();
  samples_ = read_(partition);
  samples::BatchOptions options = options_;
  options.worker = static_cast<std::uint32_t>(partition);
  options.epochs = epoch;
  batches_.emplace(*samples_, options);
  return true;
}

void PartitionPasses::keep(State& state) {
  state("claim", claim_);
  if (!claim_) return;
  if (state.reading()) begin(*claim_);
  if (batches_) state("batches", *batches_);
}

std::optional<DataPass> PartitionPasses::current() {
  if (!claim_ || !batches_) return std::nullopt;
  return DataPass{static_cast<std::uint32_t>(*claim_ / partitions_ + 1), &*batches_,
                  static_cast<std::uint32_t>(*claim_ % partitions_)};
}

}  // namespace tusk::worker
