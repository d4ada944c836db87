// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/score.hpp"
#include "run/records/epoch_book.hpp"
#include "run/records/report.hpp"

namespace tusk::records {

// What a run's checkpoints have cost.
struct CheckpointCosts {
  std::uint64_t written = 0;
  std::uint64_t bytes = 0;  // of all of them
  double stall_s = 0.0;     // in which the workers stood still
  double write_s = 0.0;     // from the order to the end of the writing, beside the training
};

// What a training has achieved: the line at its end and summary.json.
struct Summary {
  std::string name;
  std::string trainer;
  std::size_t workers = 1;
  std::size_t threads = 1;  // of each worker
  double elapsed_s = 0.0;   // from the first step to the last worker's end
  std::vector<std::string> metric_names;
  std::vector<std::string> weight_names{};  // of the sums of weights; none without weights
  std::size_t epochs = 0;                   // completed
  std::size_t not_validated = 0;  // of them, because validation takes longer than an epoch
  EpochRecord last_epoch{};   // its scores are the model's; the best one's, if that was restored
  std::string stop_reason{};  // why training ended before its last epoch, if it did
  std::optional<BatchScore> test{};
  Staleness staleness{};
  TimeSplit time{};           // summed over the workers
  Ledger ledger{};            // summed over the workers
  Ledger dropped{};           // trained, and lost with workers that are gone
  std::uint64_t updates = 0;  // commits to the center
  CheckpointCosts checkpoints{};

  // If the run has stopped to go on later: the line that says why and how. There is no summary.json
  // then.
  std::string for_later{};

  double samples_per_s() const;

  // "trained NAME: loss 0.3521 accuracy 0.8412 val_loss … in 12.3 s (29,100 samples/s, 4 workers)"
  std::string line() const;
  std::string json() const;  // summary.json
};

// Error(internal) unless every batch that was trained was committed, or `dropped` with its worker.
void check_ledger(const Ledger& ledger, std::uint64_t samples_expected, const Ledger& dropped = {});

}  // namespace tusk::records
