// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "core/aligned_vector.hpp"
#include "data/samples/batches.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/strategies/strategy.hpp"
#include "net/graph/model.hpp"
#include "net/optim/optimizer.hpp"
#include "net/optim/schedule.hpp"
#include "run/worker/clock.hpp"
#include "run/worker/gate.hpp"
#include "run/worker/passes.hpp"
#include "run/worker/reporter.hpp"

namespace tusk::worker {

// The worker's loop: passes over its samples with its own optimizer, the strategy's hooks around
// every step and window. A training step allocates nothing. What surrounds it (clock, gate,
// strategy, reporter) decides whether it runs alone, in an MPI job or in a simulation.
class Worker {
 public:
  // What the loop works with. All must outlive the worker.
  struct Parts {
    const graph::Model& model;
    optim::Optimizer& optimizer;
    const optim::Schedule& schedule;  // of the optimizer's learning rate
    strategies::Strategy& strategy;
    Passes& passes;
    Gate& gate;
    Reporter& reporter;
    Clock& clock;
    center::OverlappingCenter* overlapping = nullptr;  // if exchanges run beside the steps
  };
  struct Options {
    std::uint64_t seed = 0;
    std::uint32_t index = 0;      // among the workers
    std::size_t batch_size = 32;  // the largest batch
    bool keep_optimizer_state = true;
    std::size_t threads = 1;  // to compute with
  };

  // `initial`: the weights to start from, one a parameter (a strategy with a center replaces them
  // by the center's at the start).
  Worker(const Parts& parts, const Options& options, std::span<const float> initial);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Trains until the passes end, or the gate gives the order to stop. Throws Error(diverged) when a
  // loss or a weight is not finite.
  void run();

  std::span<const float> weights() const { return weights_; }

  // out = the model as this worker knows it (Strategy::model).
  void model(std::span<float> out) const { parts_.strategy.model(weights_, out); }

 private:
  std::optional<DataPass> next_pass();
  std::optional<samples::Batch> next_batch(const DataPass& pass);
  void train_pass(const DataPass& pass);
  bool begin_window();  // false: an order to stop
  void end_window();
  void train_step(std::uint32_t epoch, const samples::Batch& batch);
  BatchScore step_in_parts(std::uint32_t epoch, const samples::Batch& batch);
  BatchScore step_as_a_whole(std::uint32_t epoch, const samples::Batch& batch);
  void require_finite_loss(std::uint32_t epoch, const BatchScore& score) const;
  void idle_step();
  void update(double gradient_s);
  void step_optimizer();
  void set_learning_rate();
  double computing_s() const;  // a clock that stands still while exchanges get their turns
  void finish_update(double compute_s);

  Parts parts_;
  std::function<void()> between_layers_;
  layers::StepContext context_;
  graph::Workspace workspace_;
  AlignedVector<float> weights_;
  AlignedVector<float> gradients_;
  bool keep_optimizer_state_;
  strategies::Window window_;
  std::uint64_t windows_ = 0;  // completed
  std::uint64_t updates_ = 0;  // steps of the optimizer
  double learning_rate_scale_ = 1.0;
  bool stopped_ = false;
};

}  // namespace tusk::worker
