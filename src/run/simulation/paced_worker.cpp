// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/paced_worker.hpp"

#include <algorithm>
#include <utility>

#include "exchange/center/update.hpp"
#include "exchange/strategies/registry.hpp"

namespace tusk::simulation {

center::Commit PacedWorker::Observed::noted(bool commits, const center::Commit& commit) {
  if (commits) pace_.staleness.add(commit.staleness);
  return commit;
}

center::Commit PacedWorker::Observed::perform(const center::Update& update) {
  return noted(update.commits(), center_.perform(update));
}

void PacedWorker::Observed::start(const center::Update& update) {
  started_commits_ = update.commits();
  center_.start(update);
}

center::Commit PacedWorker::Observed::complete() {
  return noted(started_commits_, center_.complete());
}

PacedWorker::PacedWorker(const Options& options, Outside outside, Pace& pace)
    : index_(options.index),
      batch_size_(options.experiment.trainer.batch_size),
      staggers_(options.experiment.simulate.stagger),
      center_(outside.center, pace),
      overlapping_(options.experiment.trainer.overlap
                       ? std::make_unique<center::OverlappingCenter>(center_)
                       : nullptr),
      outside_(std::move(outside)),
      pace_(pace),
      weights_(options.weights),
      zeros_(options.weights),
      strategy_(strategies::make_strategy(
          options.experiment.trainer.strategy,
          {.center =
               overlapping_ ? static_cast<center::CenterVariable*>(overlapping_.get()) : &center_,
           .peers = &outside_.peers,
           .workers = options.workers,
           .learning_rate = options.experiment.optimizer.learning_rate,
           .velocity = zeros_,
           .separate_pull = options.experiment.trainer.max_staleness.has_value(),
           .overlap = options.experiment.trainer.overlap})) {}

// As worker::Worker::run().
void PacedWorker::run() {
  strategy_->on_start(weights_);
  while (stopped_ == 0 && next_pass()) train_pass();
  strategy_->on_finish(weights_);
  if (overlapping_) overlapping_->complete();
  outside_.gate->finish();
  outside_.gate->leave();
  outside_.end_pass();
}

bool PacedWorker::next_pass() {
  const std::optional<std::uint64_t> samples = outside_.next_pass();
  if (!samples) return false;
  left_ = *samples;
  pass_steps_ = strategy_->on_pass_start((left_ + batch_size_ - 1) / batch_size_);
  pass_offset_ = staggers_ && step_ == 0 ? index_ % strategy_->communication_window() : 0;
  return true;
}

void PacedWorker::train_pass() {
  const std::size_t window = strategy_->communication_window();
  for (std::size_t pass_step = 0; pass_step < pass_steps_; ++pass_step) {
    const std::size_t place = (pass_step + pass_offset_) % window;
    if ((pass_step == 0 || place == 0) && !begin_window()) return;
    if (const std::uint64_t samples = std::min<std::uint64_t>(left_, batch_size_); samples > 0) {
      left_ -= samples;
      step(samples);
    } else {
      idle_step();
    }
    if (place + 1 != window && pass_step + 1 != pass_steps_) continue;
    strategy_->on_window_end(weights_, window_);
    outside_.gate->complete(++windows_);
  }
  outside_.end_pass();
}

bool PacedWorker::begin_window() {
  const center::Orders orders = outside_.gate->enter(windows_, *this);
  stopped_ = orders.stop;
  if (stopped_ != 0) return false;
  window_ = {.ended = orders.ended};
  strategy_->on_window_start(weights_);
  return true;
}

void PacedWorker::step(std::uint64_t samples) {
  outside_.clock->step_begins();
  if (overlapping_) overlapping_->advance();
  if (strategy_->needs_gradients()) strategy_->on_gradients(weights_, zeros_, samples);
  strategy_->on_step(weights_);
  ++step_;
  ++window_.steps;
  window_.samples += samples;
  pace_.samples += samples;
  pace_.elapsed_s = std::max(pace_.elapsed_s, outside_.clock->now_s());
}

void PacedWorker::idle_step() {
  strategy_->on_gradients(weights_, zeros_, 0);
  strategy_->on_step(weights_);
}

}  // namespace tusk::simulation
