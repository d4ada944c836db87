// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/worker.hpp"

#include <cmath>

#include "tusk/core/error.hpp"

namespace tusk::training {

Worker::Worker(const nn::Model& model, optim::Optimizer& optimizer, strategies::Strategy& strategy,
               data::Batches& batches, Reporter& reporter, std::uint64_t seed, std::uint32_t index,
               std::span<const float> initial)
    : model_(model),
      optimizer_(optimizer),
      strategy_(strategy),
      batches_(batches),
      reporter_(reporter),
      context_{.seed = seed, .worker = index, .step = 0},
      workspace_(model.make_workspace(batches.batch_size(), true)),
      weights_(initial.begin(), initial.end()),
      gradients_(model.parameter_count()) {}

void Worker::run(const TrainerOptions& options) {
  keep_optimizer_state_ = options.keep_optimizer_state;
  strategy_.on_start(weights_);
  for (std::uint32_t epoch = 1; epoch <= options.epochs; ++epoch) train_epoch(epoch);
  strategy_.on_finish(weights_);
  reporter_.finish();
}

void Worker::train_epoch(std::uint32_t epoch) {
  batches_.start_epoch(epoch);
  for (;;) {
    const auto batch = [&] {
      const Stopwatch stopwatch(reporter_.time().read);
      return batches_.next();
    }();
    if (!batch) break;
    if (window_.steps == 0) strategy_.on_window_start(weights_);
    train_step(epoch, *batch);
    if (window_.steps == strategy_.communication_window()) end_window();
  }
  if (window_.steps > 0) end_window();
  reporter_.submit();
}

void Worker::train_step(std::uint32_t epoch, const data::Batch& batch) {
  nn::BatchScore score;
  {
    const Stopwatch stopwatch(reporter_.time().compute);
    score = model_.train_step(weights_, batch.features, batch.targets, gradients_, workspace_,
                              context_);
  }
  if (!std::isfinite(score.loss())) {
    fail(ExitCode::diverged,
         "worker {}: the loss became {} in epoch {}, step {}; a smaller optimizer.learning_rate or "
         "optimizer.clipnorm may help",
         context_.worker, score.loss(), epoch, context_.step + 1);
  }
  strategy_.on_gradients(weights_, gradients_);
  {
    const Stopwatch stopwatch(reporter_.time().compute);
    optimizer_.step(weights_, gradients_);
  }
  strategy_.on_step(weights_);
  ++context_.step;
  ++window_.steps;
  window_.samples += batch.samples;
  reporter_.step(epoch, score);
}

void Worker::end_window() {
  strategy_.on_window_end(weights_, window_);
  if (!keep_optimizer_state_) optimizer_.reset();
  window_ = {};
  reporter_.submit_if_due();
}

}  // namespace tusk::training
