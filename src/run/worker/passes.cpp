// SPDX-License-Identifier: Apache-2.0
#include "run/worker/passes.hpp"

#include "exchange/center/control_board.hpp"
#include "run/worker/partition_passes.hpp"

namespace tusk::worker {

namespace {

// The order of samples that are dealt for one epoch alone.
samples::BatchOptions of_one_epoch(samples::BatchOptions options, std::uint64_t epoch) {
  options.repeat = 1;
  options.epochs = epoch;
  return options;
}

}  // namespace

samples::Batches& ShardPasses::batches_of_epoch() {
  if (epoch_ > dealt_.last) {
    dealt_batches_.reset();
    dealt_samples_.reset();
    return batches_;
  }
  if (read_epoch_ != epoch_) {
    dealt_batches_.reset();
    dealt_samples_ = dealt_.read(epoch_, options_.worker);
    dealt_batches_.emplace(*dealt_samples_, of_one_epoch(options_, epoch_));
    read_epoch_ = epoch_;
  }
  return *dealt_batches_;
}

std::optional<DataPass> ShardPasses::next() {
  if (epoch_ >= options_.epochs) return std::nullopt;
  ++epoch_;
  batches_of_epoch().start_epoch(epoch_);
  return current();
}

void ShardPasses::keep(State& state) {
  state("epoch", epoch_);
  state("batches", epoch_ < dealt_.first ? batches_ : batches_of_epoch());
}

std::optional<DataPass> ShardPasses::current() {
  if (epoch_ < dealt_.first) return std::nullopt;
  return DataPass{epoch_, &batches_of_epoch(), options_.worker};
}

Claim claims_of(center::ControlBoard& board) {
  return [&board] {
    return static_cast<std::uint64_t>(board.fetch_add(center::Cell::next_partition, 1));
  };
}

std::optional<DataPass> PartitionPasses::next() {
  const std::uint64_t claim = next_claim_();
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
  const bool dealt = epoch <= dealt_.last;
  samples_ = dealt ? dealt_.read(epoch, partition) : read_(partition);
  samples::BatchOptions options = dealt ? of_one_epoch(options_, epoch) : options_;
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
