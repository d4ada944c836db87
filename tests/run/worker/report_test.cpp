// SPDX-License-Identifier: Apache-2.0
#include "run/records/report.hpp"

#include <doctest/doctest.h>

#include "run/worker/reporter.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::records;
using namespace tusk::worker;

namespace {

struct CollectingSink : ReportSink {
  void submit(Report report) override { reports.push_back(std::move(report)); }
  std::vector<Report> reports;
};

BatchScore score(std::size_t samples, double loss, double accuracy) {
  BatchScore score;
  score.samples = samples;
  score.loss_sum = loss * static_cast<double>(samples);
  score.metric_sums[0] = accuracy * static_cast<double>(samples);
  return score;
}

}  // namespace

TEST_CASE("a report survives the wire") {
  Report report{.worker = 3,
                .finished = true,
                .time = {1, 2, 3, 4},
                .ledger = {5, 6, 7, 8},
                .steps = {{.worker = 3, .epoch = 1, .step = 1, .samples = 64, .loss = 0.5F},
                          {.worker = 3, .epoch = 1, .step = 2, .samples = 32, .loss = 0.4F}},
                .metrics = {0.25F, 0.5F},
                .weights = {64.5, 31.5},
                .commits = {{.ticket = 9, .worker = 3, .steps = 2, .staleness = 1}},
                .shards = {{.shard = 1, .ticket = 12}, {.shard = 2, .ticket = 13}},
                .pulls = {{.worker = 3, .version = 11}}};
  const auto bytes = serialize(report);
  const Report copy = deserialize(bytes);
  CHECK(copy.worker == 3);
  CHECK(copy.finished);
  CHECK(copy.time.read == 4);
  CHECK(copy.ledger.samples_committed == 8);
  REQUIRE(copy.steps.size() == 2);
  CHECK(copy.steps[1].samples == 32);
  CHECK(copy.metrics == report.metrics);
  CHECK(copy.weights == report.weights);
  REQUIRE(copy.commits.size() == 1);
  CHECK(copy.commits[0].ticket == 9);
  REQUIRE(copy.shards.size() == 2);
  CHECK(copy.shards[1].ticket == 13);
  REQUIRE(copy.pulls.size() == 1);
  CHECK(copy.pulls[0].version == 11);
}

TEST_CASE("a truncated report is an error, not a crash") {
  Report report{.worker = 0, .finished = false};
  report.steps.resize(3);
  report.metrics.resize(3);
  report.weights.resize(3);
  report.commits.resize(2);
  report.shards.resize(2);
  report.pulls.resize(1);
  const auto bytes = serialize(report);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(deserialize(std::span(bytes).first(size)), Error);
  }
}

TEST_CASE("the ledger counts a batch as committed at the next commit after it") {
  CollectingSink sink;
  const WallClock clock;
  Reporter reporter(1, 1, 1, true, sink, clock);
  reporter.step({.epoch = 1}, score(64, 0.7, 0.5));
  reporter.step({.epoch = 1}, score(32, 0.6, 0.6));
  CHECK(reporter.ledger().batches_trained == 2);
  CHECK(reporter.ledger().batches_committed == 0);
  reporter.commit({}, {.ticket = 7, .staleness = 2});
  CHECK(reporter.ledger().batches_committed == 2);
  CHECK(reporter.ledger().samples_committed == 96);
  reporter.step({.epoch = 2}, score(64, 0.5, 0.7));
  reporter.finish();
  REQUIRE(sink.reports.size() == 1);
  const Report& report = sink.reports[0];
  CHECK(report.finished);
  CHECK(report.ledger.batches_trained == 3);
  CHECK(report.ledger.batches_committed == 2);
  REQUIRE(report.commits.size() == 1);
  CHECK(report.commits[0].steps == 2);
  CHECK(report.commits[0].samples == 96);
  CHECK(report.steps[2].step == 3);
  CHECK(report.metrics[1] == doctest::Approx(0.6));
}

TEST_CASE("sums of weights of each output are kept back with their steps") {
  CollectingSink sink;
  const WallClock clock;
  Reporter reporter(1, 1, 3, true, sink, clock);
  const auto step = [&](double first) {
    BatchScore one = score(4, 1.0, 0.5);
    one.weight_sums = {first, first + 1.0, first + 2.0};
    one.weighing = {2};  // its metric is weighted as the second output is
    one.metric_sums[0] = 6.0;
    reporter.step({.epoch = 1}, one);
  };
  step(10.0);
  reporter.commit_begins();
  reporter.submit();
  step(20.0);
  reporter.commit({}, {.ticket = 1});
  reporter.commit_begins();
  step(30.0);
  reporter.submit();
  reporter.commit({}, {.ticket = 2});
  reporter.finish();
  REQUIRE(sink.reports.size() == 3);
  CHECK(sink.reports[0].weights.empty());
  CHECK(sink.reports[1].weights == std::vector<double>{11.0, 12.0});
  const Report& last = sink.reports[2];
  REQUIRE(last.weights == std::vector<double>{21.0, 22.0, 31.0, 32.0});
  const BatchScore found = score_of(last.steps[1], std::span(last.metrics).last(1),
                                    std::span(last.weights).last(2), {2});
  CHECK(found.weight_sums[0] == 30.0);
  CHECK(found.weight_sums[2] == 32.0);
  CHECK(found.metric(0) == 6.0 / 31.0);
}

TEST_CASE("commits and pulls are recorded with all shards, and with what was divided by") {
  CollectingSink sink;
  const WallClock clock;
  Reporter reporter(1, 0, 1, true, sink, clock);
  const std::vector<center::Commit> others{{.ticket = 20, .staleness = 5}};
  reporter.pull({.ticket = 3}, others);
  reporter.step({.epoch = 1, .partition = 6, .learning_rate = 0.5}, score(8, 1.0, 0.0));
  const center::Update update{.kind = center::Update::Kind::staleness, .absent = 1, .least = 5};
  reporter.commit(update, {.ticket = 4, .staleness = 2}, others);
  reporter.finish();
  REQUIRE(sink.reports.size() == 1);
  const Report& report = sink.reports[0];
  CHECK(report.steps[0].partition == 6);
  CHECK(report.steps[0].learning_rate == 0.5);
  REQUIRE(report.pulls.size() == 2);
  CHECK(report.pulls[0].version == 3);
  CHECK(report.pulls[0].steps == 0);
  CHECK(report.pulls[1].shard == 1);
  CHECK(report.pulls[1].version == 20);
  CHECK(report.commits[0].divisor == 5);
  REQUIRE(report.shards.size() == 1);
  CHECK(report.shards[0].shard == 1);
  CHECK(report.shards[0].commit == 4);
  CHECK(report.shards[0].ticket == 20);
  CHECK(report.shards[0].divisor == 7);
}

TEST_CASE("a commit under way counts the batches before it, and later ones are kept back") {
  CollectingSink sink;
  const WallClock clock;
  Reporter reporter(1, 1, 1, true, sink, clock);
  reporter.step({.epoch = 1}, score(64, 0.7, 0.5));
  reporter.step({.epoch = 1}, score(32, 0.6, 0.6));
  reporter.commit_begins();
  reporter.submit();  // nothing is in the center yet
  reporter.step({.epoch = 1}, score(16, 0.5, 0.7));
  reporter.commit({}, {.ticket = 7, .staleness = 2});
  CHECK(reporter.ledger().batches_committed == 2);
  CHECK(reporter.ledger().samples_committed == 96);
  reporter.commit_begins();
  reporter.step({.epoch = 1}, score(8, 0.4, 0.8));
  reporter.submit();
  reporter.commit({}, {.ticket = 9, .staleness = 0});
  reporter.commit_begins();
  reporter.commit({}, {.ticket = 10, .staleness = 0});
  reporter.finish();
  REQUIRE(sink.reports.size() == 3);
  CHECK(sink.reports[0].steps.empty());
  CHECK(sink.reports[0].metrics.empty());
  REQUIRE(sink.reports[1].steps.size() == 2);
  CHECK(sink.reports[1].steps[1].step == 2);
  CHECK(sink.reports[1].metrics[1] == doctest::Approx(0.6));
  REQUIRE(sink.reports[1].commits.size() == 1);
  CHECK(sink.reports[1].commits[0].samples == 96);
  const Report& last = sink.reports[2];
  REQUIRE(last.steps.size() == 2);
  CHECK(last.steps[0].step == 3);
  CHECK(last.metrics.size() == 2);
  CHECK(last.metrics[1] == doctest::Approx(0.8));
  REQUIRE(last.commits.size() == 2);
  CHECK(last.commits[0].steps == 1);
  CHECK(last.commits[1].steps == 1);
  CHECK(last.ledger.batches_committed == last.ledger.batches_trained);
  CHECK(last.ledger.samples_committed == last.ledger.samples_trained);
}

TEST_CASE("without a center a batch is in the model at once") {
  CollectingSink sink;
  const WallClock clock;
  Reporter reporter(0, 0, 1, false, sink, clock);
  reporter.step({.epoch = 1}, score(8, 1.0, 0.0));
  CHECK(reporter.ledger().batches_committed == 1);
}
