// SPDX-License-Identifier: Apache-2.0
#include "run/records/report.hpp"

#include <algorithm>

#include "run/records/wire.hpp"

namespace tusk::records {
namespace {

// The fixed part of a report on the wire; the records follow, steps first.
struct ReportHeader {
  std::uint32_t worker;
  std::uint32_t finished;
  std::uint64_t notice;
  std::uint64_t number;
  std::uint64_t amount;
  TimeSplit time;
  Ledger ledger;
  std::uint64_t steps;
  std::uint64_t metrics;
  std::uint64_t weights;
  std::uint64_t commits;
  std::uint64_t shards;
  std::uint64_t pulls;
  std::uint64_t merges;
};

}  // namespace

TimeSplit operator+(const TimeSplit& a, const TimeSplit& b) {
  return {a.compute + b.compute, a.exchange + b.exchange, a.wait + b.wait, a.read + b.read};
}

Ledger operator+(const Ledger& a, const Ledger& b) {
  return {a.batches_trained + b.batches_trained, a.batches_committed + b.batches_committed,
          a.samples_trained + b.samples_trained, a.samples_committed + b.samples_committed};
}

void Report::keep(State& state) {
  state("worker", worker);
  state("finished", finished);
  state("time", time);
  state("ledger", ledger);
  state("steps", steps);
  state("metrics", metrics);
  state("weights", weights);
  state("commits", commits);
  state("shards", shards);
  state("pulls", pulls);
}

BatchScore score_of(const StepRecord& step, std::span<const float> metrics,
                    std::span<const double> weights, const BatchScore::Weighing& weighing) {
  BatchScore score{.samples = step.samples,
                   .loss_sum = static_cast<double>(step.loss) * step.samples,
                   .weighing = weighing};
  score.weight_sums[0] = step.weight;
  std::ranges::copy(weights, score.weight_sums.begin() + 1);
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const double factor = weighing[i] == 0 ? step.samples : 1.0;
    score.metric_sums[i] = static_cast<double>(metrics[i]) * factor;
  }
  return score;
}

std::vector<std::byte> serialize(const Report& report) {
  const ReportHeader header{.worker = report.worker,
                            .finished = report.finished ? 1U : 0U,
                            .notice = static_cast<std::uint64_t>(report.notice),
                            .number = report.number,
                            .amount = report.amount,
                            .time = report.time,
                            .ledger = report.ledger,
                            .steps = report.steps.size(),
                            .metrics = report.metrics.size(),
                            .weights = report.weights.size(),
                            .commits = report.commits.size(),
                            .shards = report.shards.size(),
                            .pulls = report.pulls.size(),
                            .merges = report.merges.size()};
  std::vector<std::byte> bytes;
  append(bytes, &header, 1);
  append(bytes, report.steps.data(), report.steps.size());
  append(bytes, report.metrics.data(), report.metrics.size());
  append(bytes, report.weights.data(), report.weights.size());
  append(bytes, report.commits.data(), report.commits.size());
  append(bytes, report.shards.data(), report.shards.size());
  append(bytes, report.pulls.data(), report.pulls.size());
  append(bytes, report.merges.data(), report.merges.size());
  return bytes;
}

Report deserialize(std::span<const std::byte> bytes) {
  ReportHeader header{};
  bytes = take(bytes, &header, 1);
  require_room(bytes, {header.steps, header.metrics, header.weights, header.commits, header.shards,
                       header.pulls, header.merges});
  Report report{.worker = header.worker,
                .finished = header.finished != 0,
                .notice = static_cast<Notice>(header.notice),
                .number = header.number,
                .amount = header.amount,
                .time = header.time,
                .ledger = header.ledger,
                .steps = std::vector<StepRecord>(header.steps),
                .metrics = std::vector<float>(header.metrics),
                .weights = std::vector<double>(header.weights),
                .commits = std::vector<CommitRecord>(header.commits),
                .shards = std::vector<ShardRecord>(header.shards),
                .pulls = std::vector<PullRecord>(header.pulls),
                .merges = std::vector<MergeRecord>(header.merges)};
  bytes = take(bytes, report.steps.data(), header.steps);
  bytes = take(bytes, report.metrics.data(), header.metrics);
  bytes = take(bytes, report.weights.data(), header.weights);
  bytes = take(bytes, report.commits.data(), header.commits);
  bytes = take(bytes, report.shards.data(), header.shards);
  bytes = take(bytes, report.pulls.data(), header.pulls);
  take(bytes, report.merges.data(), header.merges);
  return report;
}

}  // namespace tusk::records
