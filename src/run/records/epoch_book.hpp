// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/score.hpp"
#include "run/records/node_sum.hpp"
#include "run/records/report.hpp"
#include "run/records/staleness.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

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
// samples, whoever trained them. Steps that come one by one count to the epoch that is under way.
// Of sums of a tree's nodes, which no epoch divides, the scores and commits of passes up to e count
// to it, as far as they have come; what comes later of them counts to the next.
class EpochBook {
 public:
  explicit EpochBook(std::uint64_t samples_per_epoch) : samples_per_epoch_(samples_per_epoch) {}

  void add(const CommitRecord& commit);

  // Counts a step, with its score (score_of); returns the epoch if the step has completed one.
  std::optional<EpochRecord> add(const StepRecord& step, const BatchScore& score);

  // Counts what a node of a tree has done; then end_epoch() returns the epochs that this has
  // completed, one by one.
  void add(const NodeSum& sum);
  std::optional<EpochRecord> end_epoch();

  std::uint64_t samples() const { return samples_; }
  std::uint64_t epoch() const { return current_.epoch; }  // that is under way
  std::uint64_t samples_to_go() const;       // until the epoch that is under way is over
  double time_s() const { return time_s_; }  // of the latest step
  const Staleness& staleness() const { return staleness_; }
  std::uint64_t steps() const { return steps_; }

  void keep(State& state);

 private:
  bool is_over() const { return samples_ >= current_.epoch * samples_per_epoch_; }
  EpochRecord close();

  std::uint64_t samples_per_epoch_;
  std::uint64_t samples_ = 0;
  std::uint64_t steps_ = 0;
  double time_s_ = 0.0;  // of the latest step
  double epoch_start_s_ = 0.0;
  std::uint64_t epoch_start_samples_ = 0;
  double samples_per_s_ = 0.0;   // of the last epoch
  std::vector<PassSum> passes_;  // of a tree, that belong to no epoch yet
  Staleness staleness_;
  EpochRecord current_{.epoch = 1};
  BatchScore before_{};  // of the last epoch
};

}  // namespace tusk::records
