// SPDX-License-Identifier: Apache-2.0
#include "run/worker/worker.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/denormals_flushed.hpp"
#include "run/worker/divergence.hpp"
#include "run/worker/fused_update.hpp"

namespace tusk::worker {

Worker::Worker(const Parts& parts, const Options& options, std::span<const float> initial)
    : parts_(parts),
      context_{.seed = options.seed, .worker = options.index, .step = 0},
      workspace_(parts.model.make_workspace(options.batch_size, true, options.threads)),
      weights_(initial.begin(), initial.end()),
      gradients_(parts.model.parameter_count()),
      keep_optimizer_state_(options.keep_optimizer_state) {
  if (parts.overlapping == nullptr) return;
  between_layers_ = [overlapping = parts.overlapping] { overlapping->advance(); };
  context_.between_layers = &between_layers_;
}

void Worker::run() {
  const DenormalsFlushed flushed;
  parts_.strategy.on_start(weights_);
  while (!stopped_) {
    const auto pass = next_pass();
    if (!pass) break;
    train_pass(*pass);
  }
  parts_.strategy.on_finish(weights_);
  if (parts_.overlapping != nullptr) parts_.overlapping->complete();
  parts_.gate.finish();
  parts_.reporter.finish();
}

std::optional<DataPass> Worker::next_pass() {
  const Stopwatch stopwatch(parts_.reporter.time().read, parts_.clock);
  return parts_.passes.next();
}

std::optional<samples::Batch> Worker::next_batch(const DataPass& pass) {
  const Stopwatch stopwatch(parts_.reporter.time().read, parts_.clock);
  return pass.batches->next();
}

void Worker::train_pass(const DataPass& pass) {
  const std::size_t steps = parts_.strategy.on_pass_start(pass.batches->batches());
  const std::size_t window = parts_.strategy.communication_window();
  for (std::size_t step = 0; step < steps; ++step) {
    if (step % window == 0 && !begin_window()) return;
    if (const auto batch = next_batch(pass)) {
      train_step(pass.epoch, *batch);
    } else {
      idle_step();
    }
    if ((step + 1) % window == 0 || step + 1 == steps) end_window();
  }
  require_finite(weights_, "the weights", parts_.reporter.position());
  const Stopwatch stopwatch(parts_.reporter.time().wait, parts_.clock);
  parts_.reporter.end_pass();
}

bool Worker::begin_window() {
  const center::Orders orders = [&] {
    const Stopwatch stopwatch(parts_.reporter.time().wait, parts_.clock);
    return parts_.gate.enter(windows_);
  }();
  stopped_ = orders.stop != 0;
  if (stopped_) return false;
  learning_rate_scale_ = orders.learning_rate_scale;
  window_ = {};
  parts_.strategy.on_window_start(weights_);
  return true;
}

void Worker::end_window() {
  parts_.strategy.on_window_end(weights_, window_);
  parts_.gate.complete(++windows_);
  if (!keep_optimizer_state_) parts_.optimizer.reset();
  parts_.reporter.submit_if_due();
}

void Worker::train_step(std::uint32_t epoch, const samples::Batch& batch) {
  parts_.clock.step_begins();
  const bool in_parts = !parts_.strategy.needs_gradients() && parts_.optimizer.steps_in_parts();
  const BatchScore score = in_parts ? step_in_parts(epoch, batch) : step_as_a_whole(epoch, batch);
  ++context_.step;
  ++window_.steps;
  window_.samples += batch.samples;
  parts_.reporter.step(epoch, score);
  if (parts_.strategy.shares_gradients()) parts_.reporter.exchanged();  // before it was recorded
}

BatchScore Worker::step_in_parts(std::uint32_t epoch, const samples::Batch& batch) {
  const double start_s = computing_s();
  set_learning_rate();
  FusedUpdate update(parts_.optimizer, weights_, gradients_);
  const BatchScore score = parts_.model.train_step(weights_, batch.features, batch.targets, update,
                                                   workspace_, context_);
  require_finite_loss(epoch, score);
  finish_update(computing_s() - start_s);
  return score;
}

BatchScore Worker::step_as_a_whole(std::uint32_t epoch, const samples::Batch& batch) {
  const double start_s = computing_s();
  const BatchScore score = parts_.model.train_step(weights_, batch.features, batch.targets,
                                                   gradients_, workspace_, context_);
  const double gradient_s = computing_s() - start_s;
  require_finite_loss(epoch, score);
  parts_.strategy.on_gradients(weights_, gradients_, batch.samples);
  update(gradient_s);
  return score;
}

void Worker::require_finite_loss(std::uint32_t epoch, const BatchScore& score) const {
  if (std::isfinite(score.loss())) return;
  fail_diverged("the loss", {context_.worker, epoch, context_.step + 1});
}

void Worker::idle_step() {
  std::ranges::fill(gradients_, 0.0F);
  parts_.strategy.on_gradients(weights_, gradients_, 0);
  if (parts_.strategy.shares_gradients()) {
    update(0.0);
  } else {
    parts_.strategy.on_step(weights_);
  }
}

void Worker::update(double gradient_s) {
  const double start_s = parts_.clock.now_s();
  set_learning_rate();
  step_optimizer();
  finish_update(gradient_s + parts_.clock.now_s() - start_s);
}

double Worker::computing_s() const {
  return parts_.clock.now_s() - parts_.reporter.time().exchange;
}

void Worker::step_optimizer() {
  constexpr std::size_t grain = 1024;
  constexpr std::size_t cost = 16;
  optim::Optimizer& optimizer = parts_.optimizer;
  if (!optimizer.steps_in_parts()) return optimizer.step(weights_, gradients_);
  optimizer.begin_step();
  workspace_.team().share(weights_.size(), grain, cost, [&](const kernels::Share& share) {
    const std::size_t count = share.last - share.first;
    optimizer.step_part(share.first, std::span(weights_).subspan(share.first, count),
                        std::span(gradients_).subspan(share.first, count));
  });
}

void Worker::set_learning_rate() {
  parts_.optimizer.set_learning_rate(parts_.schedule.at(updates_++) * learning_rate_scale_);
}

void Worker::finish_update(double compute_s) {
  parts_.strategy.on_step(weights_);
  parts_.reporter.time().compute += compute_s;
  parts_.clock.step_done(compute_s);
}

}  // namespace tusk::worker
