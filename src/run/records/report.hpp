// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/score.hpp"
#include "run/records/history_file.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// Where a worker's time went, in seconds.
struct TimeSplit {
  double compute = 0.0;   // forward, backward, optimizer
  double exchange = 0.0;  // inside the center's operations
  double wait = 0.0;      // held back on purpose (bounded staleness, the end of the others)
  double read = 0.0;      // gathering and converting batches
};
TimeSplit operator+(const TimeSplit& a, const TimeSplit& b);

// What a worker has trained and what of it has been committed. A batch counts as committed at the
// next exchange after it; at the end of a run both are equal, or Tusk has lost work.
struct Ledger {
  std::uint64_t batches_trained = 0;
  std::uint64_t batches_committed = 0;
  std::uint64_t samples_trained = 0;
  std::uint64_t samples_committed = 0;
};
Ledger operator+(const Ledger& a, const Ledger& b);

// What a worker tells rank 0 beside its steps, about checkpoints.
enum class Notice : std::uint32_t {
  none,
  arrived,   // it stands at its gate for checkpoint `number`, after `amount` steps
  written,   // its part of checkpoint `number` is on disk, `amount` bytes
  failed,    // its part could not be written
  signaled,  // it has been sent the signal `number`
};

// What a worker tells rank 0 from time to time. Sent only right after an exchange, so that every
// step in it is in the center.
struct Report {
  std::uint32_t worker = 0;
  bool finished = false;         // the last report of this worker: time and ledger are final, and
                                 // `amount` is the number of its last step
  Notice notice = Notice::none;  // with one there is nothing else
  std::uint64_t number = 0;
  std::uint64_t amount = 0;
  TimeSplit time;
  Ledger ledger;
  std::vector<StepRecord> steps;
  std::vector<float> metrics;     // of each step in turn, in the model's order: means over the
                                  // samples, of weighted metrics Σ weight · metric
  std::vector<double> weights{};  // of each step in turn, Σ of its samples' weights for the second
                                  // and each later output; the first one's is StepRecord::weight
  std::vector<CommitRecord> commits;
  std::vector<ShardRecord> shards;
  std::vector<PullRecord> pulls;
  std::vector<MergeRecord> merges{};  // of a relay, which reports nothing else

  // What a checkpoint keeps of a report that is still to be taken, which has no notice.
  void keep(State& state);
};

// The score of a step of a report: its part of `metrics` and of `weights`, and which metrics are
// weighted.
BatchScore score_of(const StepRecord& step, std::span<const float> metrics,
                    std::span<const double> weights, const BatchScore::Weighing& weighing);

// A report as the bytes of a message, and back. deserialize throws Error(internal) for bytes that
// serialize did not make.
std::vector<std::byte> serialize(const Report& report);
Report deserialize(std::span<const std::byte> bytes);

// Who takes reports: rank 0's coordinator itself, or a message to it.
class ReportSink {
 public:
  virtual ~ReportSink() = default;
  virtual void submit(Report report) = 0;

  // The worker has submitted all of a pass. Where workers are in step they meet here, so that the
  // epoch can be closed.
  virtual void end_pass() {}
};

}  // namespace tusk::records
