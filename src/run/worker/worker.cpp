// SPDX-License-Identifier: Apache-2.0
#include "run/worker/worker.hpp"

#include <utility>
#include <vector>

#include "core/denormals_flushed.hpp"
#include "exchange/strategies/registry.hpp"
#include "net/optim/make_optimizer.hpp"
#include "run/worker/divergence.hpp"

namespace tusk::worker {
namespace {

std::unique_ptr<optim::Optimizer> make_optimizer(const OptimizerOptions& options,
                                                 const graph::Model& model) {
  std::vector<std::size_t> sizes;
  for (const layers::Parameter& parameter : model.parameters()) sizes.push_back(parameter.size());
  return optim::make_optimizer(options, sizes);
}

}  // namespace

Worker::Worker(const graph::Model& model, std::span<const float> initial, const Options& options,
               Outside outside)
    : model_(model),
      clock_(std::move(outside.clock)),
      gate_(std::move(outside.gate)),
      passes_(std::move(outside.passes)),
      reporter_(static_cast<std::uint32_t>(options.index), model.metric_names().size(),
                exchanges_anything(topology(options.trainer.strategy)), outside.sink, *clock_),
      center_(outside.center, reporter_),
      overlapping_(options.trainer.overlap ? std::make_unique<center::OverlappingCenter>(center_)
                                           : nullptr),
      peers_(outside.peers, reporter_),
      optimizer_(make_optimizer(options.optimizer, model)),
      schedule_(options.optimizer),
      keep_optimizer_state_(options.trainer.keep_optimizer_state),
      strategy_(strategies::make_strategy(
          options.trainer.strategy,
          {.center =
               overlapping_ ? static_cast<center::CenterVariable*>(overlapping_.get()) : &center_,
           .peers = &peers_,
           .workers = options.workers,
           .learning_rate = options.optimizer.learning_rate,
           .velocity = optimizer_->lookahead().velocity,
           .momentum = optimizer_->lookahead().momentum,
           .separate_pull = options.trainer.max_staleness.has_value()})),
      context_{
          .seed = options.seed, .worker = static_cast<std::uint32_t>(options.index), .step = 0},
      workspace_(model.make_workspace(options.trainer.batch_size, true, options.threads)),
      weights_(initial.begin(), initial.end()),
      gradients_(model.parameter_count()) {
  if (!overlapping_) return;
  between_layers_ = [this] { overlapping_->advance(); };
  context_.between_layers = &between_layers_;
}

void Worker::run() {
  const DenormalsFlushed flushed;
  strategy_->on_start(weights_);
  while (!stopped_) {
    const auto pass = next_pass();
    if (!pass) break;
    train_pass(*pass);
  }
  strategy_->on_finish(weights_);
  if (overlapping_) overlapping_->complete();
  gate_->finish();
  reporter_.finish();
}

std::optional<DataPass> Worker::next_pass() {
  const Stopwatch stopwatch(reporter_.time().read, *clock_);
  return passes_->next();
}

std::optional<samples::Batch> Worker::next_batch(const DataPass& pass) {
  const Stopwatch stopwatch(reporter_.time().read, *clock_);
  return pass.batches->next();
}

void Worker::train_pass(const DataPass& pass) {
  const std::size_t steps = strategy_->on_pass_start(pass.batches->batches());
  const std::size_t window = strategy_->communication_window();
  for (std::size_t step = 0; step < steps; ++step) {
    if (step % window == 0 && !begin_window()) return;
    if (const auto batch = next_batch(pass)) {
      train_step(pass, *batch);
    } else {
      idle_step();
    }
    if ((step + 1) % window == 0 || step + 1 == steps) end_window();
  }
  require_finite(weights_, "the weights", reporter_.position());
  const Stopwatch stopwatch(reporter_.time().wait, *clock_);
  reporter_.end_pass();
}

bool Worker::begin_window() {
  const center::Orders orders = [&] {
    const Stopwatch stopwatch(reporter_.time().wait, *clock_);
    return gate_->enter(windows_);
  }();
  stopped_ = orders.stop != 0;
  if (stopped_) return false;
  learning_rate_scale_ = orders.learning_rate_scale;
  window_ = {.ended = orders.ended};
  strategy_->on_window_start(weights_);
  return true;
}

void Worker::end_window() {
  strategy_->on_window_end(weights_, window_);
  gate_->complete(++windows_);
  if (!keep_optimizer_state_) optimizer_->reset();
  reporter_.submit_if_due();
}

}  // namespace tusk::worker
