// SPDX-License-Identifier: Apache-2.0
#include "run/relay/courier.hpp"

#include <doctest/doctest.h>

#include <array>
#include <utility>
#include <vector>

#include "mpi/communicator.hpp"
#include "temporary_folder.hpp"

using namespace tusk;
using records::Notice;

namespace {

struct Taken final : records::ReportSink, records::SumSink {
  void submit(records::Report report) override { notices.push_back(std::move(report)); }
  void submit(records::NodeSum sum) override { sums.push_back(std::move(sum)); }
  std::vector<records::Report> notices;
  std::vector<records::NodeSum> sums;
};

// A node of a relay alone, to which a test submits as a worker would.
struct Node {
  explicit Node(std::size_t workers = 2)
      : node(relays.split(relays.rank(), 0)),
        rank(static_cast<std::uint64_t>(relays.rank())),
        book({.file = rank,
              .node = rank,
              .places = std::vector<records::WorkerPlace>(workers),
              .scoring = {}},
             records::HistoryFile(folder.file("node.h5"), {})),
        courier(node, relays, book,
                rank == 0 ? relay::Courier::Sinks{&taken, &taken} : relay::Courier::Sinks{}),
        worker(node) {}

  void report(std::uint64_t steps) {
    records::Report report;
    for (std::uint64_t i = 0; i < steps; ++i) {
      report.steps.push_back({.epoch = 1, .step = i + 1, .samples = 10, .loss = 1.0F});
    }
    report.commits.push_back({.steps = static_cast<std::uint32_t>(steps), .staleness = rank});
    book.submit(std::move(report));
  }

  void notice(Notice kind, std::uint64_t number, std::uint64_t amount) {
    records::Report report;
    report.notice = kind;
    report.number = number;
    report.amount = amount;
    worker.submit(std::move(report));
  }

  mpi::Communicator relays = mpi::Communicator::world();
  mpi::Communicator node;
  std::uint64_t rank;
  test::TemporaryFolder folder;
  Taken taken;
  records::NodeBook book;
  relay::Courier courier;
  records::RemoteSink worker;
};

}  // namespace

TEST_CASE("courier: a sum has what an exchange has carried, and no report behind its snapshot") {
  Node node;
  node.report(3);
  node.courier.load();
  node.report(4);
  CHECK(node.courier.untold().samples == 30);
  CHECK(node.courier.untold().steps == 3);
  node.courier.arrive({.exchange = 7});
  node.courier.send();
  CHECK(node.courier.untold().samples == 0);
  const std::array<std::uint64_t, 3> sent{0, 1, 1};
  while (!node.courier.has_come(sent)) node.courier.advance();
  node.courier.deliver();
  if (node.rank == 0) {
    REQUIRE(node.taken.sums.size() == 3);
    std::uint64_t staleness = 0;
    for (const records::NodeSum& sum : node.taken.sums) {
      CHECK(sum.steps == 3);
      CHECK(sum.samples == 30);
      REQUIRE(sum.passes.size() == 1);
      CHECK(sum.passes[0].score.loss_sum == 30.0);
      CHECK(sum.passes[0].staleness.commits == 1);
      staleness += sum.passes[0].staleness.sum;
      REQUIRE(sum.merges.size() == 1);
      CHECK(sum.merges[0].exchange == 7);
    }
    CHECK(staleness == 3);
  }
  node.relays.barrier();
}

TEST_CASE("courier: rank 0 hears with a word how much an exchange has carried, until it has it") {
  Node node;
  node.report(2);
  node.courier.load();
  node.courier.arrive({});
  node.courier.say();
  const std::array<std::uint64_t, 3> words{0, 1, 1};
  while (!node.courier.has_come(words)) node.courier.advance();
  if (node.rank == 0) CHECK(node.courier.untold_of_all().samples == 60);
  CHECK(node.taken.sums.empty());
  node.relays.barrier();
  if (node.rank == 2) node.courier.send();
  const std::array<std::uint64_t, 3> sums{0, 1, 2};
  while (!node.courier.has_come(sums)) node.courier.advance();
  if (node.rank == 0) CHECK(node.courier.untold_of_all().samples == 40);
  node.relays.barrier();
}

TEST_CASE("courier: a node of four tells of a checkpoint as often as one of two") {
  for (const std::size_t workers : {2, 4}) {
    Node node(workers);
    for (std::size_t i = 0; i < workers; ++i) node.notice(Notice::arrived, 5, 100);
    while (node.courier.standing(5) < workers) node.courier.advance();
    CHECK(node.courier.standing(4) == 0);
    node.courier.send_cut(5, /*own_part=*/true);
    for (std::size_t i = 0; i < workers; ++i) {
      node.notice(node.rank == 2 && i == 0 ? Notice::failed : Notice::written, 5, 100);
    }
    node.courier.tell({.notice = Notice::written, .number = 5, .amount = 1});
    while (node.rank == 0 && node.taken.notices.size() < 3) node.courier.advance();
    mpi::Request all_told = node.relays.ibarrier();
    while (!all_told.test()) node.courier.advance();
    const std::array<std::uint64_t, 3> sent{0, 1, 1};
    while (!node.courier.has_come(sent)) node.courier.advance();
    node.courier.deliver();
    if (node.rank != 0) continue;
    CHECK(node.taken.notices.size() == 3);
    std::size_t failed = 0;
    for (const records::Report& notice : node.taken.notices) {
      CHECK(notice.amount == 100 * workers + 1);
      if (notice.notice == Notice::failed) ++failed;
    }
    CHECK(failed == 1);
    REQUIRE(node.taken.sums.size() == 3);
    for (const records::NodeSum& sum : node.taken.sums) {
      REQUIRE(sum.places.size() == workers);
      CHECK(sum.places[0].steps == 100);
    }
  }
}
