// SPDX-License-Identifier: Apache-2.0
#include "run/records/epoch_book.hpp"

#include <algorithm>

namespace tusk::records {

void EpochBook::add(const CommitRecord& commit) {
  staleness_.add(commit.staleness);
  current_.staleness.add(commit.staleness);
}

std::optional<EpochRecord> EpochBook::add(const StepRecord& step, const BatchScore& score) {
  ++steps_;
  samples_ += step.samples;
  time_s_ = std::max(time_s_, step.time_s);
  current_.train += score;
  if (!is_over()) return std::nullopt;
  return close();
}

void EpochBook::add(const NodeSum& sum) {
  steps_ += sum.steps;
  samples_ += sum.samples;
  time_s_ = std::max(time_s_, sum.time_s);
  for (const PassSum& pass : sum.passes) {
    staleness_ += pass.staleness;
    add_pass(passes_, pass);
  }
}

std::optional<EpochRecord> EpochBook::end_epoch() {
  if (!is_over()) return std::nullopt;
  return close();
}

std::uint64_t EpochBook::samples_to_go() const {
  return current_.epoch * samples_per_epoch_ -
         std::min(samples_, current_.epoch * samples_per_epoch_);
}

EpochRecord EpochBook::close() {
  while (!passes_.empty() && (passes_.front().pass <= current_.epoch ||
                              current_.train.samples == 0)) {  // never without any
    current_.train += passes_.front().score;
    current_.staleness += passes_.front().staleness;
    passes_.erase(passes_.begin());
  }
  if (current_.train.samples == 0) current_.train = before_;  // all of its passes came earlier
  before_ = current_.train;
  EpochRecord over = current_;
  over.steps = steps_;
  over.samples = samples_;
  over.time_s = time_s_;
  // Of several that a sum has completed at once each has the rate of them all.
  const double seconds = time_s_ - epoch_start_s_;
  if (samples_ > epoch_start_samples_) {
    const auto samples = static_cast<double>(samples_ - epoch_start_samples_);
    samples_per_s_ = seconds > 0.0 ? samples / seconds : 0.0;
  }
  over.samples_per_s = samples_per_s_;
  epoch_start_s_ = time_s_;
  epoch_start_samples_ = samples_;
  current_ = EpochRecord{.epoch = over.epoch + 1};
  return over;
}

void EpochRecord::keep(State& state) {
  state("epoch", epoch);
  state("steps", steps);
  state("samples", samples);
  state("time_s", time_s);
  state("samples_per_s", samples_per_s);
  state("train", train);
  state("staleness", staleness);
  state("validation", validation);
}

void EpochBook::keep(State& state) {
  state("samples", samples_);
  state("steps", steps_);
  state("time_s", time_s_);
  state("epoch_start_s", epoch_start_s_);
  state("epoch_start_samples", epoch_start_samples_);
  state("samples_per_s", samples_per_s_);
  state("staleness", staleness_);
  state("current", current_);
  state("before", before_);
  state.list("passes", passes_, [](State& part, PassSum& pass) { part("pass", pass); });
}

}  // namespace tusk::records
