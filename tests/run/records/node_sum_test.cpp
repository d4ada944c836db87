// SPDX-License-Identifier: Apache-2.0
#include "run/records/node_sum.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "check_fails.hpp"
#include "run/records/epoch_book.hpp"
#include "run/records/node_book.hpp"
#include "temporary_folder.hpp"

using namespace tusk;
using namespace tusk::records;

namespace {

Report report_of(std::uint32_t worker, std::uint32_t epoch, std::uint32_t steps,
                 std::uint64_t staleness) {
  Report report{.worker = worker};
  for (std::uint32_t i = 0; i < steps; ++i) {
    report.steps.push_back({.worker = worker,
                            .epoch = epoch,
                            .step = i + 1,
                            .time_s = 0.5 * (worker + 1),
                            .samples = 10,
                            .loss = 2.0F,
                            .weight = 5.0});
    report.metrics.push_back(0.25F);
  }
  report.commits.push_back({.worker = worker, .steps = steps, .staleness = staleness});
  return report;
}

NodeSum sum_of(const std::string& file, std::uint32_t workers) {
  NodeBook book({.file = 3, .places = std::vector<WorkerPlace>(workers), .scoring = {.metrics = 1}},
                HistoryFile(file, {"accuracy"}));
  for (std::uint32_t w = 0; w < workers; ++w) {
    Report report = report_of(w, 1, 2, w);
    report.finished = true;
    report.amount = 2;
    report.ledger = {2, 2, 20, 20};
    report.time.compute = 1.0;
    book.submit(report);
  }
  CHECK(book.finished() == workers);
  CHECK(book.places()[0].steps == 2);
  return book.take();
}

}  // namespace

TEST_CASE("a node's sum is as many bytes for a hundred workers as for two, and survives the wire") {
  const test::TemporaryFolder folder;
  const NodeSum of_two = sum_of(folder.file("two.h5"), 2);
  const NodeSum of_many = sum_of(folder.file("many.h5"), 100);
  const auto bytes = serialize(of_many);
  CHECK(bytes.size() == serialize(of_two).size());
  const NodeSum copy = deserialize_sum(bytes);
  CHECK(copy.file == 3);
  CHECK(copy.steps == 200);
  CHECK(copy.samples == 2000);
  CHECK(copy.finished == 100);
  CHECK(copy.ledger.batches_committed == 200);
  CHECK(copy.time.compute == 100.0);
  REQUIRE(copy.passes.size() == 1);
  CHECK(copy.passes[0].pass == 1);
  CHECK(copy.passes[0].score.loss_sum == 4000.0);
  CHECK(copy.passes[0].score.metric_sums[0] == 500.0);
  CHECK(copy.passes[0].staleness.counts == of_many.passes[0].staleness.counts);
  CHECK(copy.passes[0].staleness.sum == 99 * 50);
  CHECK(copy.record().loss == 2.0);
  CHECK(copy.record().weight == 1000.0);
  CHECK(copy.record().staleness_max == 99);
  CHECK(copy.record().time_s == 50.0);
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    CHECK_FAILS(deserialize_sum(std::span(bytes).first(size)), ExitCode::internal, "truncated");
  }
}

TEST_CASE("sums of nodes fill epochs: each has the passes up to it, as far as they have come") {
  EpochBook book(100);
  const auto add = [&](std::vector<PassSum> passes, double time_s) {
    NodeSum sum{.time_s = time_s, .passes = std::move(passes)};
    for (const PassSum& pass : sum.passes) sum.samples += pass.score.samples;
    book.add(sum);
  };
  const auto pass = [](std::uint64_t number, std::size_t samples, double loss, std::uint64_t tau) {
    PassSum sum{.pass = number, .score = {.samples = samples, .loss_sum = loss * double(samples)}};
    sum.staleness.add(tau);
    return sum;
  };
  add({pass(1, 60, 3.0, 1)}, 1.0);
  CHECK_FALSE(book.end_epoch());
  CHECK(book.samples_to_go() == 40);
  add({pass(1, 20, 2.0, 3), pass(2, 30, 1.0, 9)}, 2.0);
  const auto first = book.end_epoch();
  REQUIRE(first);
  CHECK_FALSE(book.end_epoch());
  CHECK(first->samples == 110);
  CHECK(first->train.samples == 80);
  CHECK(first->train.loss() == doctest::Approx(220.0 / 80.0));
  CHECK(first->staleness.max == 3);
  CHECK(first->samples_per_s == doctest::Approx(55.0));
  // What was late of the first pass counts to the second epoch; and a sum may complete several.
  add({pass(1, 20, 8.0, 2), pass(2, 70, 1.0, 2), pass(3, 100, 0.5, 0)}, 4.0);
  const auto second = book.end_epoch();
  const auto third = book.end_epoch();
  REQUIRE(second);
  REQUIRE(third);
  CHECK_FALSE(book.end_epoch());
  CHECK(second->train.samples == 120);
  CHECK(second->train.loss() == doctest::Approx(260.0 / 120.0));
  CHECK(second->staleness.max == 9);
  CHECK(third->train.loss() == doctest::Approx(0.5));
  CHECK(third->samples_per_s == second->samples_per_s);
  CHECK(book.staleness().commits == 6);
}

TEST_CASE("a rule that exchanges within a step: its commit counts to the pass before it") {
  const test::TemporaryFolder folder;
  NodeBook book({.places = std::vector<WorkerPlace>(1), .scoring = {.metrics = 1}},
                HistoryFile(folder.file("node.h5"), {"accuracy"}));
  Report report = report_of(0, 1, 2, 0);
  report.commits[0].steps = 1;  // not the second
  book.submit(report);
  report = report_of(0, 2, 2, 5);
  report.commits[0].steps = 1;  // that one
  book.submit(report);
  const NodeSum sum = book.take();
  REQUIRE(sum.passes.size() == 2);
  CHECK(sum.passes[0].staleness.commits == 2);
  CHECK(sum.passes[1].staleness.commits == 0);
}
