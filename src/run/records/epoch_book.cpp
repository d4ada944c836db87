// SPDX-License-Identifier: Apache-2.0
#include "run/records/epoch_book.hpp"

#include <algorithm>

namespace tusk::records {

void Staleness::add(std::uint64_t staleness) {
  ++commits;
  sum += staleness;
  max = std::max(max, staleness);
  const auto bin = static_cast<std::size_t>(std::min<std::uint64_t>(staleness, bins - 1));
  if (counts.size() <= bin) counts.resize(bin + 1);
  ++counts[bin];
}

double Staleness::mean() const {
  return commits == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(commits);
}

void EpochBook::add(const CommitRecord& commit) {
  staleness_.add(commit.staleness);
  current_.staleness.add(commit.staleness);
}

std::optional<EpochRecord> EpochBook::add(const StepRecord& step, const BatchScore& score) {
  ++steps_;
  samples_ += step.samples;
  time_s_ = std::max(time_s_, step.time_s);
  current_.train += score;
  if (samples_ < current_.epoch * samples_per_epoch_) return std::nullopt;

  EpochRecord over = current_;
  over.steps = steps_;
  over.samples = samples_;
  over.time_s = time_s_;
  const double seconds = time_s_ - epoch_start_s_;
  over.samples_per_s = seconds > 0.0 ? static_cast<double>(over.train.samples) / seconds : 0.0;
  epoch_start_s_ = time_s_;
  current_ = EpochRecord{.epoch = over.epoch + 1};
  return over;
}

void Staleness::keep(State& state) {
  state("commits", commits);
  state("sum", sum);
  state("max", max);
  state("counts", counts);
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
  state("staleness", staleness_);
  state("current", current_);
}

}  // namespace tusk::records
