// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/score.hpp"
#include "run/records/report.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// The commits' staleness: mean, maximum and distribution.
struct Staleness {
  static constexpr std::size_t bins = 256;

  std::uint64_t commits = 0;
  std::uint64_t sum = 0;
  std::uint64_t max = 0;
  // How many commits had staleness 0, 1, …; the last of `bins` is for all beyond it, too.
  std::vector<std::uint64_t> counts;

  void add(std::uint64_t staleness);
  double mean() const;
  void keep(State& state);
};

// One epoch of the workers together.
struct EpochRecord {
  std::size_t epoch = 0;
  std::uint64_t steps = 0;    // since training started
  std::uint64_t samples = 0;  // since training started
  double time_s = 0.0;
  double samples_per_s = 0.0;  // over this epoch
  BatchScore train{};
  Staleness staleness{};
  std::optional<BatchScore> validation{};

  void keep(State& state);
};

// Counts the workers' steps into epochs: epoch e is over when the workers together have trained e·N
// samples, whoever trained them.
class EpochBook {
 public:
  explicit EpochBook(std::uint64_t samples_per_epoch) : samples_per_epoch_(samples_per_epoch) {}

  void add(const CommitRecord& commit);

  // Counts a step, with its score (score_of); returns the epoch if the step has completed one.
  std::optional<EpochRecord> add(const StepRecord& step, const BatchScore& score);

  std::uint64_t samples() const { return samples_; }
  double time_s() const { return time_s_; }  // of the latest step
  const Staleness& staleness() const { return staleness_; }
  std::uint64_t steps() const { return steps_; }

  void keep(State& state);

 private:
  std::uint64_t samples_per_epoch_;
  std::uint64_t samples_ = 0;
  std::uint64_t steps_ = 0;
  double time_s_ = 0.0;  // of the latest step
  double epoch_start_s_ = 0.0;
  Staleness staleness_;
  EpochRecord current_{.epoch = 1};
};

}  // namespace tusk::records
