// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

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

// The epochs that are dealt otherwise, because a run goes on with another number of workers: those
// before `first` are over, those from there to `last` have other samples than the later ones.
struct DealtEpochs {
  // The samples of a part, a shard or partition, in one of these epochs; each as often as it is to
  // be trained on.
  using Read =
      std::function<std::unique_ptr<samples::SampleSource>(std::uint64_t epoch, std::size_t part)>;
  std::uint64_t first = 1;
  std::uint64_t last = 0;  // there are none
  Read read{};
};

// A fixed shard: one pass an epoch.
class ShardPasses final : public Passes {
 public:
  // `shard` must outlive the object. options.epochs: how many passes.
  ShardPasses(const samples::SampleSource& shard, const samples::BatchOptions& options,
              DealtEpochs dealt = {})
      : batches_(shard, options),
        options_(options),
        dealt_(std::move(dealt)),
        epoch_(static_cast<std::uint32_t>(dealt_.first - 1)) {}
  std::optional<DataPass> next() override;
  void keep(State& state) override;
  std::optional<DataPass> current() override;

 private:
  samples::Batches& batches_of_epoch();

  samples::Batches batches_;
  samples::BatchOptions options_;
  DealtEpochs dealt_;
  std::uint32_t epoch_;
  std::uint64_t read_epoch_ = 0;  // that dealt_samples_ are of
  std::unique_ptr<samples::SampleSource> dealt_samples_;
  std::optional<samples::Batches> dealt_batches_;
};

}  // namespace tusk::worker
