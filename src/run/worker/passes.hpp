// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "data/samples/batches.hpp"

namespace tusk::worker {

// One pass over some samples: its mini-batches, begun, and the epoch that it counts to (from 1).
struct DataPass {
  std::uint32_t epoch = 0;
  samples::Batches* batches = nullptr;
};

// What a worker is to train on, pass after pass, until there is nothing left.
class Passes {
 public:
  virtual ~Passes() = default;
  virtual std::optional<DataPass> next() = 0;
};

// A fixed shard: one pass an epoch.
class ShardPasses : public Passes {
 public:
  // `batches` must outlive the object.
  ShardPasses(samples::Batches& batches, std::size_t epochs) : batches_(batches), epochs_(epochs) {}
  std::optional<DataPass> next() override;

 private:
  samples::Batches& batches_;
  std::size_t epochs_;
  std::uint32_t epoch_ = 0;
};

}  // namespace tusk::worker
