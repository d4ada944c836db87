// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "run/worker/divergence.hpp"
#include "run/worker/fused_update.hpp"
#include "run/worker/worker.hpp"

namespace tusk::worker {

void Worker::train_step(const DataPass& pass, const samples::Batch& batch) {
  clock_->step_begins();
  const bool in_parts = !strategy_->needs_gradients() && optimizer_->steps_in_parts();
  const BatchScore score =
      in_parts ? step_in_parts(pass.epoch, batch) : step_as_a_whole(pass.epoch, batch);
  ++context_.step;
  ++window_.steps;
  window_.samples += batch.samples;
  reporter_.step(
      {.epoch = pass.epoch, .partition = pass.partition, .learning_rate = learning_rate_}, score);
  if (strategy_->shares_gradients()) reporter_.exchanged();  // before it was recorded
}

BatchScore Worker::step_in_parts(std::uint32_t epoch, const samples::Batch& batch) {
  const double start_s = computing_s();
  set_learning_rate();
  FusedUpdate update(*optimizer_, trained(), gradients_);
  const BatchScore score =
      model_.train_step(weights_, batch.inputs, batch.labels, update, workspace_, context_);
  if (moving_) moving_->step();
  require_finite_loss(epoch, score);
  finish_update(computing_s() - start_s);
  return score;
}

BatchScore Worker::step_as_a_whole(std::uint32_t epoch, const samples::Batch& batch) {
  const double start_s = computing_s();
  const BatchScore score =
      model_.train_step(weights_, batch.inputs, batch.labels, gradients_, workspace_, context_);
  if (moving_) moving_->step();
  const double gradient_s = computing_s() - start_s;
  require_finite_loss(epoch, score);
  strategy_->on_gradients(trained(), gradients_, batch.samples);
  update(gradient_s);
  return score;
}

void Worker::require_finite_loss(std::uint32_t epoch, const BatchScore& score) const {
  if (std::isfinite(score.loss())) return;
  fail_diverged("the loss", {context_.worker, epoch, context_.step + 1});
}

void Worker::idle_step() {
  std::ranges::fill(gradients_, 0.0F);
  strategy_->on_gradients(trained(), gradients_, 0);
  if (strategy_->shares_gradients()) {
    update(0.0);
  } else {
    strategy_->on_step(trained());
  }
}

void Worker::update(double gradient_s) {
  const double start_s = clock_->now_s();
  set_learning_rate();
  step_optimizer();
  finish_update(gradient_s + clock_->now_s() - start_s);
}

double Worker::computing_s() const { return clock_->now_s() - reporter_.time().exchange; }

void Worker::step_optimizer() {
  constexpr std::size_t grain = 1024;
  constexpr std::size_t cost = 16;
  optim::Optimizer& optimizer = *optimizer_;
  const std::span<float> weights = trained();
  if (!optimizer.steps_in_parts()) return optimizer.step(weights, gradients_);
  optimizer.begin_step();
  workspace_.team().share(weights.size(), grain, cost, [&](const kernels::Share& share) {
    const std::size_t count = share.last - share.first;
    optimizer.step_part(share.first, weights.subspan(share.first, count),
                        std::span(gradients_).subspan(share.first, count));
  });
}

void Worker::set_learning_rate() {
  learning_rate_ = schedule_.at(updates_++) * learning_rate_scale_;
  optimizer_->set_learning_rate(learning_rate_);
}

void Worker::finish_update(double compute_s) {
  strategy_->on_step(trained());
  reporter_.time().compute += compute_s;
  clock_->step_done(compute_s);
}

}  // namespace tusk::worker
