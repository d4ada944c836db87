// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "data/samples/batches.hpp"
#include "data/samples/sample_source.hpp"
#include "tusk/state.hpp"

namespace tusk::worker {

// One pass over some samples: its mini-batches, begun, the epoch that it counts to (from 1), and
// which partition of the training rows they are.
struct DataPass {
  std::uint32_t epoch = 0;
  samples::Batches* batches = nullptr;
  std::uint32_t partition = 0;
};

// What a worker is to train on, pass after pass, until there is nothing left. The worker's loop
// calls next().
class Passes {
 public:
  virtual ~Passes() = default;
  virtual std::optional<DataPass> next() = 0;

  // What a checkpoint keeps, and after reading it the pass that goes on: the last that next() gave.
  virtual void keep(State& state) = 0;
  virtual std::optional<DataPass> current() = 0;
};

// A fixed shard: one pass an epoch.
class ShardPasses final : public Passes {
 public:
  // `shard` must outlive the object. options.epochs: how many passes.
  ShardPasses(const samples::SampleSource& shard, const samples::BatchOptions& options)
      : batches_(shard, options), epochs_(options.epochs), partition_(options.worker) {}
  std::optional<DataPass> next() override;
  void keep(State& state) override;
  std::optional<DataPass> current() override;

 private:
  samples::Batches batches_;
  std::uint64_t epochs_;
  std::uint32_t partition_;
  std::uint32_t epoch_ = 0;
};

}  // namespace tusk::worker
