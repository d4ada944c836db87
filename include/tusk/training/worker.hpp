// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/data/batches.hpp"
#include "tusk/experiment/trainer_options.hpp"
#include "tusk/nn/model.hpp"
#include "tusk/optim/optimizer.hpp"
#include "tusk/strategies/strategy.hpp"
#include "tusk/training/reporter.hpp"

namespace tusk::training {

// The worker's loop: passes over its shard with its own optimizer, the strategy's hooks around
// every step and window. A training step allocates nothing.
class Worker {
 public:
  // All references must outlive the worker. `initial`: the weights to start from, one a parameter
  // (a strategy with a center replaces them by the center's at the start).
  Worker(const nn::Model& model, optim::Optimizer& optimizer, strategies::Strategy& strategy,
         data::Batches& batches, Reporter& reporter, std::uint64_t seed, std::uint32_t index,
         std::span<const float> initial);

  // Trains all epochs. Throws Error(diverged) when a loss is not finite.
  void run(const TrainerOptions& options);

  std::span<const float> weights() const { return weights_; }

 private:
  void train_epoch(std::uint32_t epoch);
  void train_step(std::uint32_t epoch, const data::Batch& batch);
  void end_window();

  const nn::Model& model_;
  optim::Optimizer& optimizer_;
  strategies::Strategy& strategy_;
  data::Batches& batches_;
  Reporter& reporter_;
  nn::StepContext context_;
  nn::Workspace workspace_;
  AlignedVector<float> weights_;
  AlignedVector<float> gradients_;
  strategies::Window window_;
  bool keep_optimizer_state_ = true;
};

}  // namespace tusk::training
