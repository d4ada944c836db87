// SPDX-License-Identifier: Apache-2.0
#include "run/records/node_sum.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "run/records/wire.hpp"

namespace tusk::records {
namespace {

// The fixed part of a sum on the wire; passes, merges and places follow.
struct SumHeader {
  std::uint64_t file;
  std::uint64_t node;
  std::uint64_t steps;
  std::uint64_t samples;
  double time_s;
  std::uint64_t finished;
  TimeSplit time;
  Ledger ledger;
  Untold untold;
  std::uint64_t is_word;
  HistoryRows rows;
  std::uint64_t passes;
  std::uint64_t merges;
  std::uint64_t places;
};

struct PassOnWire {
  std::uint64_t pass;
  BatchScore score;
  std::uint64_t commits;
  std::uint64_t staleness_sum;
  std::uint64_t staleness_max;
  std::array<std::uint64_t, Staleness::bins> counts;
};

PassOnWire on_wire(const PassSum& pass) {
  const Staleness& staleness = pass.staleness;
  PassOnWire out{.pass = pass.pass,
                 .score = pass.score,
                 .commits = staleness.commits,
                 .staleness_sum = staleness.sum,
                 .staleness_max = staleness.max,
                 .counts = {}};
  std::ranges::copy(staleness.counts, out.counts.begin());
  return out;
}

PassSum off_wire(const PassOnWire& in) {
  PassSum pass{.pass = in.pass,
               .score = in.score,
               .staleness = {.commits = in.commits,
                             .sum = in.staleness_sum,
                             .max = in.staleness_max,
                             .counts = {in.counts.begin(), in.counts.end()}}};
  std::vector<std::uint64_t>& counts = pass.staleness.counts;
  while (!counts.empty() && counts.back() == 0) counts.pop_back();
  return pass;
}

PassSum& pass_of(std::vector<PassSum>& passes, std::uint64_t pass) {
  const auto at = std::ranges::lower_bound(passes, pass, {}, &PassSum::pass);
  if (at != passes.end() && at->pass == pass) return *at;
  return *passes.insert(at, {.pass = pass});
}

}  // namespace

PassSum& PassSum::operator+=(const PassSum& other) {
  score += other.score;
  staleness += other.staleness;
  return *this;
}

void PassSum::keep(State& state) {
  state("pass", pass);
  state("score", score);
  state("staleness", staleness);
}

void add_pass(std::vector<PassSum>& passes, const PassSum& pass) {
  pass_of(passes, pass.pass) += pass;
}

void NodeSum::add(const StepRecord& step, const BatchScore& score) {
  ++steps;
  samples += step.samples;
  time_s = std::max(time_s, step.time_s);
  pass_of(passes, step.epoch).score += score;
}

void NodeSum::add(const CommitRecord& commit, std::uint64_t pass) {
  pass_of(passes, pass).staleness.add(commit.staleness);
}

NodeSum& NodeSum::operator+=(const NodeSum& later) {
  steps += later.steps;
  samples += later.samples;
  time_s = std::max(time_s, later.time_s);
  finished += later.finished;
  time = time + later.time;
  ledger = ledger + later.ledger;
  for (const PassSum& pass : later.passes) add_pass(passes, pass);
  merges.insert(merges.end(), later.merges.begin(), later.merges.end());
  return *this;
}

SumRecord NodeSum::record() const {
  PassSum all;
  for (const PassSum& pass : passes) all += pass;
  return {.file = static_cast<std::uint32_t>(file),
          .finished = static_cast<std::uint32_t>(finished),
          .steps = steps,
          .samples = samples,
          .commits = all.staleness.commits,
          .staleness_sum = all.staleness.sum,
          .staleness_max = all.staleness.max,
          .loss = samples > 0 ? all.score.loss() : 0.0,
          .weight = all.score.weight_sums[0],
          .time_s = time_s};
}

std::vector<std::byte> serialize(const NodeSum& sum) {
  const SumHeader header{.file = sum.file,
                         .node = sum.node,
                         .steps = sum.steps,
                         .samples = sum.samples,
                         .time_s = sum.time_s,
                         .finished = sum.finished,
                         .time = sum.time,
                         .ledger = sum.ledger,
                         .untold = sum.untold,
                         .is_word = sum.is_word ? 1U : 0U,
                         .rows = sum.rows,
                         .passes = sum.passes.size(),
                         .merges = sum.merges.size(),
                         .places = sum.places.size()};
  std::vector<PassOnWire> passes;
  for (const PassSum& pass : sum.passes) passes.push_back(on_wire(pass));
  std::vector<std::byte> bytes;
  append(bytes, &header, 1);
  append(bytes, passes.data(), passes.size());
  append(bytes, sum.merges.data(), sum.merges.size());
  append(bytes, sum.places.data(), sum.places.size());
  return bytes;
}

NodeSum deserialize_sum(std::span<const std::byte> bytes) {
  SumHeader header{};
  bytes = take(bytes, &header, 1);
  require_room(bytes, {header.passes, header.merges, header.places});
  NodeSum sum{.file = header.file,
              .node = header.node,
              .steps = header.steps,
              .samples = header.samples,
              .time_s = header.time_s,
              .finished = header.finished,
              .time = header.time,
              .ledger = header.ledger,
              .untold = header.untold,
              .is_word = header.is_word != 0,
              .merges = std::vector<MergeRecord>(header.merges),
              .places = std::vector<WorkerPlace>(header.places),
              .rows = header.rows};
  std::vector<PassOnWire> passes(header.passes);
  bytes = take(bytes, passes.data(), passes.size());
  for (const PassOnWire& pass : passes) sum.passes.push_back(off_wire(pass));
  bytes = take(bytes, sum.merges.data(), header.merges);
  take(bytes, sum.places.data(), header.places);
  return sum;
}

void record_exchanges(const Report& report, HistoryFile& history) {
  for (const CommitRecord& commit : report.commits) history.add(commit);
  for (const ShardRecord& commit : report.shards) history.add(commit);
  for (const PullRecord& pull : report.pulls) history.add(pull);
  for (const MergeRecord& merge : report.merges) history.add(merge);
}

void add_report(NodeSum& sum, const Report& report, const Scoring& scoring, HistoryFile& history,
                WorkerTrail& trail) {
  record_exchanges(report, history);
  const std::uint64_t steps = trail.uncarried + report.steps.size();
  std::uint64_t carried = 0;  // of these
  for (const CommitRecord& commit : report.commits) {
    carried = std::min(carried + commit.steps, steps);
    const bool in_report = carried > trail.uncarried;
    sum.add(commit, in_report ? report.steps[carried - trail.uncarried - 1].epoch : trail.pass);
  }
  record_steps(report, scoring, history, [&](const StepRecord& step, const BatchScore& score) {
    sum.add(step, score);
    trail.pass = step.epoch;
  });
  trail.uncarried = steps - carried;
  sum.merges.insert(sum.merges.end(), report.merges.begin(), report.merges.end());
  if (!report.finished) return;
  ++sum.finished;
  sum.time = sum.time + report.time;
  sum.ledger = sum.ledger + report.ledger;
}

}  // namespace tusk::records
