// SPDX-License-Identifier: Apache-2.0
#include "run/worker/reporter.hpp"

#include <utility>
#include <vector>

#include "tusk/error.hpp"

namespace tusk::worker {
namespace {

constexpr double submission_interval_s = 0.1;
constexpr std::size_t submission_records = 4096;

// Takes the last `count` away and returns them.
template <typename T>
std::vector<T> cut_last(std::vector<T>& all, std::size_t count) {
  std::vector<T> last(all.end() - static_cast<std::ptrdiff_t>(count), all.end());
  all.resize(all.size() - count);
  return last;
}

}  // namespace

Reporter::Reporter(std::uint32_t worker, std::size_t metrics, std::size_t outputs, bool exchanges,
                   records::ReportSink& sink, const Clock& clock)
    : metrics_(metrics), outputs_(outputs), exchanges_(exchanges), sink_(sink), clock_(clock) {
  report_.worker = worker;
}

void Reporter::step(records::StepRecord record, const BatchScore& score) {
  epoch_ = record.epoch;
  record.worker = report_.worker;
  record.step = ++steps_;
  record.time_s = clock_.now_s();
  record.samples = static_cast<std::uint32_t>(score.samples);
  record.loss = static_cast<float>(score.loss());
  record.weight = score.weight_sums[0];
  report_.steps.push_back(record);
  for (std::size_t i = 0; i < metrics_; ++i) {
    const bool is_sum = score.weighing[i] > 0;  // which has a meaning where weights cancel, too
    report_.metrics.push_back(static_cast<float>(is_sum ? score.metric_sums[i] : score.metric(i)));
  }
  for (std::size_t i = 1; i < outputs_; ++i) report_.weights.push_back(score.weight_sums[i]);
  ++report_.ledger.batches_trained;
  report_.ledger.samples_trained += score.samples;
  if (!exchanges_) exchanged();
}

void Reporter::commit_begins() { under_way_ = report_.ledger; }

void Reporter::commit(const center::Update& update, const center::Commit& commit,
                      std::span<const center::Commit> others) {
  records::Ledger& ledger = report_.ledger;
  const records::Ledger sent = std::exchange(under_way_, std::nullopt).value_or(ledger);
  report_.commits.push_back(
      {.ticket = commit.ticket,
       .worker = report_.worker,
       .steps = static_cast<std::uint32_t>(sent.batches_trained - ledger.batches_committed),
       .staleness = commit.staleness,
       .samples = sent.samples_trained - ledger.samples_committed,
       .time_s = clock_.now_s(),
       .divisor = update.weight(commit.staleness)});
  ledger.batches_committed = sent.batches_trained;
  ledger.samples_committed = sent.samples_trained;
  std::uint32_t shard = 0;
  for (const center::Commit& other : others) {
    report_.shards.push_back({.worker = report_.worker,
                              .shard = ++shard,
                              .commit = commit.ticket,
                              .ticket = other.ticket,
                              .staleness = other.staleness,
                              .divisor = update.weight(other.staleness)});
  }
}

void Reporter::pull(const center::Commit& pulled, std::span<const center::Commit> others) {
  records::PullRecord record{.worker = report_.worker,
                             .steps = steps_,
                             .version = pulled.ticket,
                             .time_s = clock_.now_s()};
  report_.pulls.push_back(record);
  for (const center::Commit& other : others) {
    ++record.shard;
    record.version = other.ticket;
    report_.pulls.push_back(record);
  }
}

void Reporter::exchanged() {
  report_.ledger.batches_committed = report_.ledger.batches_trained;
  report_.ledger.samples_committed = report_.ledger.samples_trained;
}

void Reporter::submit_if_due() {
  if (report_.steps.size() >= submission_records ||
      clock_.now_s() - last_submission_s_ >= submission_interval_s) {
    submit();
  }
}

std::size_t Reporter::kept_back() const {
  if (!under_way_) return 0;
  return report_.ledger.batches_trained - report_.ledger.batches_committed;
}

void Reporter::submit() {
  const std::size_t kept = kept_back();
  const auto steps = cut_last(report_.steps, kept);
  const auto metrics = cut_last(report_.metrics, kept * metrics_);
  const auto weights = cut_last(report_.weights, kept * (outputs_ - 1));
  sink_.submit(report_);
  report_.steps = steps;
  report_.metrics = metrics;
  report_.weights = weights;
  report_.commits.clear();
  report_.shards.clear();
  report_.pulls.clear();
  last_submission_s_ = clock_.now_s();
}

void Reporter::end_pass() {
  submit();
  sink_.end_pass();
}

void Reporter::finish() {
  report_.finished = true;
  report_.amount = steps_;
  submit();
}

void Reporter::keep(State& state) {
  if (under_way_) fail(ExitCode::internal, "a commit is under way while a checkpoint is taken");
  state("report", report_);
  state("epoch", epoch_);
  state("steps", steps_);
  state("last_submission_s", last_submission_s_);
}

}  // namespace tusk::worker
