// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/score.hpp"
#include "run/records/history_file.hpp"
#include "run/records/report.hpp"
#include "run/records/staleness.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// Scores of steps and staleness of commits of one pass over the data, added up.
struct PassSum {
  std::uint64_t pass = 0;  // StepRecord::epoch
  BatchScore score{};
  Staleness staleness{};

  PassSum& operator+=(const PassSum& other);
  void keep(State& state);
};

// Adds a pass to those that there are, which stay in their order.
void add_pass(std::vector<PassSum>& passes, const PassSum& pass);

// What of a worker a checkpoint knows beside what the worker keeps.
struct WorkerPlace {
  std::uint64_t steps = 0;
  std::uint64_t finished = 0;  // 1: it has nothing more to do
};

// What exchanges have carried and no sum has told rank 0 yet.
struct Untold {
  std::uint64_t steps = 0;
  std::uint64_t samples = 0;
};

// What a node of a tree has done since its relay last told rank 0, added up over its workers: a
// message whose size does not depend on how many they are, but on how many passes they have been
// in, mostly one or two, and how often their relay has exchanged. Sums of floats are in the order
// in which the workers' reports came.
struct NodeSum {
  std::uint64_t file = 0;  // of the node (NodeRecord)
  std::uint64_t node = 0;
  std::uint64_t steps = 0;
  std::uint64_t samples = 0;
  double time_s = 0.0;         // of the latest step so far
  std::uint64_t finished = 0;  // workers that have since; and what these have come to in the end:
  TimeSplit time{};
  Ledger ledger{};

  // A message with nothing but that is a word: it comes with an exchange, so that rank 0 knows when
  // an epoch is over.
  Untold untold{};
  bool is_word = false;

  std::vector<PassSum> passes{};  // ascending
  std::vector<MergeRecord> merges{};

  // At the cut of a checkpoint alone: every worker's place, and how long the node's history is.
  std::vector<WorkerPlace> places{};
  HistoryRows rows{};

  // A step with its score, and a commit of steps of this pass.
  void add(const StepRecord& step, const BatchScore& score);
  void add(const CommitRecord& commit, std::uint64_t pass);

  // What follows it. Of what a cut has, there is nothing to add.
  NodeSum& operator+=(const NodeSum& later);

  bool tells() const { return steps > 0 || finished > 0 || !passes.empty(); }  // anything to record
  SumRecord record() const;
};

// As the bytes of a message, and back. deserialize_sum throws Error(internal) for bytes that
// serialize did not make.
std::vector<std::byte> serialize(const NodeSum& sum);
NodeSum deserialize_sum(std::span<const std::byte> bytes);

// Who takes sums, on rank 0.
class SumSink {
 public:
  virtual ~SumSink() = default;
  virtual void submit(NodeSum sum) = 0;
};

// How a report's scores are to be read: how many metrics and outputs there are, and which metrics
// are weighted.
struct Scoring {
  std::size_t metrics = 0;
  std::size_t outputs = 1;
  BatchScore::Weighing weighing{};
};

// Writes the steps of a report to a history, and hands each, with its score, to
// `each(const StepRecord&, const BatchScore&)`.
template <typename Each>
void record_steps(const Report& report, const Scoring& scoring, HistoryFile& history,
                  const Each& each) {
  std::vector<float> means(scoring.metrics);  // of a step's metrics
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    const auto metrics = std::span(report.metrics).subspan(i * scoring.metrics, scoring.metrics);
    const auto weights =
        std::span(report.weights).subspan(i * (scoring.outputs - 1), scoring.outputs - 1);
    const BatchScore score = score_of(report.steps[i], metrics, weights, scoring.weighing);
    for (std::size_t k = 0; k < means.size(); ++k) {
      means[k] = scoring.weighing[k] > 0 ? static_cast<float>(score.metric(k)) : metrics[k];
    }
    history.add(report.steps[i], means);
    each(report.steps[i], score);
  }
}

// Writes the other records of a report to a history.
void record_exchanges(const Report& report, HistoryFile& history);

// How far a worker's reports have come.
struct WorkerTrail {
  std::uint64_t pass = 1;       // of the last step
  std::uint64_t uncarried = 0;  // steps that no commit in them has carried: where a rule exchanges
                                // within a step, that one
};

// Writes a report to a history and adds it to a sum, a commit to the pass of the last step that it
// carries.
void add_report(NodeSum& sum, const Report& report, const Scoring& scoring, HistoryFile& history,
                WorkerTrail& trail);

}  // namespace tusk::records
