// SPDX-License-Identifier: Apache-2.0
// The cases of every center, on each transport.
#include <doctest/doctest.h>

#include <algorithm>

#include "cases.hpp"
#include "exchange/center/make_center.hpp"
#include "mpi_site.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

namespace {

MakeSite over(const mpi::Communicator& world, Transport transport, Consistency consistency) {
  return [&world, transport, consistency](std::span<const float> initial) {
    Center center = make_center(world, initial, {.transport = transport}, consistency);
    CHECK(center.transport == transport);
    CHECK(center.consistency == consistency);
    return make_mpi_site(world, std::move(center));
  };
}

MakeSiteWithStatistics with_statistics(const mpi::Communicator& world, Consistency consistency,
                                       const ServerOptions& options) {
  return [&world, consistency, options](std::span<const float> initial, std::size_t statistics) {
    return make_mpi_site(world, make_center(world, initial, options, consistency, statistics));
  };
}

MakeSiteWithMomentum with_momentum(const mpi::Communicator& world, Transport transport) {
  return [&world, transport](std::span<const float> initial, std::span<const float> momentum) {
    return make_mpi_site(world, make_center(world, initial, {.transport = transport},
                                            Consistency::snapshot, 0, momentum));
  };
}

}  // namespace

TEST_CASE("shared: an outer momentum moves in the order of the tickets") {
  const auto world = mpi::Communicator::world();
  check_momentum(with_momentum(world, Transport::shared));
  check_no_momentum(over(world, Transport::shared, Consistency::snapshot));
}

TEST_CASE("message: an outer momentum moves in the order of the tickets") {
  const auto world = mpi::Communicator::world();
  check_momentum(with_momentum(world, Transport::message));
  check_no_momentum(over(world, Transport::message, Consistency::snapshot));
}

TEST_CASE("rma: an outer momentum moves in the order of the tickets") {
  const auto world = mpi::Communicator::world();
  check_momentum(with_momentum(world, Transport::rma));
  check_no_momentum(over(world, Transport::rma, Consistency::element));
}

TEST_CASE("shared: snapshot is linearizable") {
  const auto world = mpi::Communicator::world();
  check_linearizable(over(world, Transport::shared, Consistency::snapshot));
}

TEST_CASE("shared: snapshot loses nothing") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::shared, Consistency::snapshot);
  check_growth(make_site);
  check_elastic_conserves(make_site);
  check_board(make_site);
}

TEST_CASE("shared: without consistency the tickets and the board are exact all the same") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::shared, Consistency::none);
  check_tickets(make_site);
  check_board(make_site);
  if (world.size() == 2) check_sequential(make_site);
}

TEST_CASE("message: snapshot is linearizable") {
  const auto world = mpi::Communicator::world();
  check_linearizable(over(world, Transport::message, Consistency::snapshot));
}

TEST_CASE("message: snapshot loses nothing") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::message, Consistency::snapshot);
  check_growth(make_site);
  check_elastic_conserves(make_site);
  check_board(make_site);
}

TEST_CASE("message: compressed commits have exact tickets, and what they leave out follows") {
  const auto world = mpi::Communicator::world();
  for (const CompressionKind kind : {CompressionKind::bf16, CompressionKind::topk}) {
    const ServerOptions options{.compression = {.kind = kind, .topk_fraction = 0.25}};
    const std::vector<float> initial(100'003, 1.0F);
    const std::vector<float> ones(initial.size(), 1.0F);  // exact in bf16
    const std::vector<float> nothing(initial.size(), 0.0F);
    Center center = make_center(world, initial, options, std::nullopt);
    CHECK(center.transport == Transport::message);
    const auto site = make_mpi_site(world, std::move(center));
    constexpr std::uint64_t commits =
        5;  // a topk commit sends a quarter, so that no remainder stays
    std::uint64_t done = 0;
    const auto commit = [&](std::size_t, CenterVariable& worker) {
      std::vector<float> out(initial.size());
      const Commit given = worker.commit_and_pull(done == 0 ? ones : nothing, out);
      CHECK(given.ticket >= done);
      CHECK(given.ticket < commits * site->workers());
      ++done;
    };
    site->run(commits, commit, [](CenterServer&) {});
    if (site->server() == nullptr) continue;
    CHECK(site->server()->updates() == commits * site->workers());
    std::vector<float> theta(initial.size());
    site->server()->snapshot(theta);
    const float sum = 1.0F + static_cast<float>(site->workers());
    CHECK(std::ranges::all_of(theta, [&](float value) { return value == sum; }));
  }
}

TEST_CASE("rma: element adds exactly, and with one worker everything is as in a replay") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::rma, Consistency::element);
  check_exact_sums(make_site);
  check_tickets(make_site);
  if (world.size() == 2) check_sequential(make_site);
}

TEST_CASE("rma: element loses nothing") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::rma, Consistency::element);
  check_growth(make_site);
  check_elastic_conserves(make_site);
  check_board(make_site);
}

TEST_CASE("rma: snapshot is linearizable") {
  const auto world = mpi::Communicator::world();
  check_linearizable_once(over(world, Transport::rma, Consistency::snapshot));
}

TEST_CASE("rma: under element elastic exchanges follow each other as in a replay") {
  const auto world = mpi::Communicator::world();
  check_elastic_replays(over(world, Transport::rma, Consistency::element));
}

TEST_CASE("shared: exchanges beside other work lose nothing and have exact tickets") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::shared, Consistency::snapshot);
  check_overlapping(make_site);
  check_overlapping_conserves(make_site);
}

TEST_CASE("message: exchanges beside other work lose nothing and have exact tickets") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::message, Consistency::snapshot);
  check_overlapping(make_site);
  check_overlapping_conserves(make_site);
}

TEST_CASE("shared: the center's statistics are what one process would have got") {
  const auto world = mpi::Communicator::world();
  const auto make_site =
      with_statistics(world, Consistency::snapshot, {.transport = Transport::shared});
  check_statistics(make_site, Order::of_tickets);
  check_statistics_beside(make_site);
  check_statistics_conserved(make_site);
  check_statistics(with_statistics(world, Consistency::none, {.transport = Transport::shared}),
                   world.size() == 2 ? Order::of_tickets : Order::any);
}

TEST_CASE("message: the center's statistics are what one process would have got") {
  const auto world = mpi::Communicator::world();
  for (const CompressionKind kind :
       {CompressionKind::none, CompressionKind::bf16, CompressionKind::topk}) {
    const auto make_site =
        with_statistics(world, Consistency::snapshot,
                        {.transport = Transport::message, .compression = {.kind = kind}});
    check_statistics(make_site, Order::of_tickets);
    check_statistics_beside(make_site);
    if (kind == CompressionKind::none) check_statistics_conserved(make_site);
  }
}

TEST_CASE("rma: the center's statistics are averages of batches, with one worker in order") {
  const auto world = mpi::Communicator::world();
  const auto make_site =
      with_statistics(world, Consistency::element, {.transport = Transport::rma});
  check_statistics(make_site, world.size() == 2 ? Order::of_tickets : Order::any);
  check_statistics_beside(make_site);
  check_statistics_conserved(make_site);
}

TEST_CASE("rma: exchanges beside other work lose nothing and have exact tickets") {
  const auto world = mpi::Communicator::world();
  const MakeSite make_site = over(world, Transport::rma, Consistency::element);
  check_overlapping(make_site);
  check_overlapping_conserves(make_site);
}
