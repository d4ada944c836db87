// SPDX-License-Identifier: Apache-2.0
// Centers that are spread over 2 and 3 servers, on each transport that can be.
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>

#include "cases.hpp"
#include "exchange/center/make_center.hpp"
#include "exchange/center/sharded_center.hpp"
#include "exchange/center/transports.hpp"
#include "mpi/collectively.hpp"
#include "mpi_site.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;
using namespace std::chrono_literals;

namespace {

MakeSite over(const mpi::Communicator& world, Transport transport, std::size_t shards) {
  return [&world, transport, shards](std::span<const float> initial) {
    const ServerOptions options{.transport = transport, .shards = shards};
    Center center = make_center(world, initial, options, std::nullopt);
    CHECK(center.transport == transport);
    CHECK((center.server != nullptr) == (static_cast<std::size_t>(world.rank()) < shards));
    CHECK((center.worker != nullptr) == (center.server == nullptr));
    return make_mpi_site(world, std::move(center), shards);
  };
}

MakeSiteWithStatistics with_statistics_over(const mpi::Communicator& world, Transport transport,
                                            std::size_t shards) {
  return [&world, transport, shards](std::span<const float> initial, std::size_t statistics) {
    const ServerOptions options{.transport = transport, .shards = shards};
    return make_mpi_site(world, make_center(world, initial, options, std::nullopt, statistics),
                         shards);
  };
}

// What holds across shards on every transport.
void check_shards(const mpi::Communicator& world, Transport transport) {
  for (const std::size_t shards : {2U, 3U}) {
    if (static_cast<std::size_t>(world.size()) <= shards) return;
    CAPTURE(shards);
    const MakeSite make_site = over(world, transport, shards);
    check_exact_sums(make_site);
    check_growth(make_site);
    check_elastic_conserves(make_site);
    check_board(make_site);
    check_overlapping(make_site);
    check_overlapping_conserves(make_site);
    const auto make_site_with_statistics = with_statistics_over(world, transport, shards);
    // Tickets are shard 0's, the statistics another's.
    check_statistics(make_site_with_statistics,
                     world.size() == static_cast<int>(shards) + 1 ? Order::of_tickets : Order::any);
    check_statistics_beside(make_site_with_statistics);
    check_statistics_conserved(make_site_with_statistics);
  }
}

// Every server, by itself: its tickets are all that there were, its slice holds all commits.
void check_every_server(const mpi::Communicator& world, Transport transport) {
  for (const std::size_t shards : {2U, 3U}) {
    if (static_cast<std::size_t>(world.size()) <= shards) return;
    CAPTURE(shards);
    constexpr std::size_t size = 30'003;
    constexpr int steps = 15;
    std::vector<float> initial(size);
    for (std::size_t i = 0; i < size; ++i) initial[i] = static_cast<float>(i % 101);
    const ServerOptions options{.transport = transport, .shards = shards};
    Center center = make_center(world, initial, options, std::nullopt);
    CenterServer* server = center.server.get();
    const auto site = make_mpi_site(world, std::move(center), shards);
    const std::vector<float> ones(size, 1.0F);
    std::vector<float> seen(size);
    site->run(
        steps, [&](std::size_t, CenterVariable& worker) { worker.commit_and_pull(ones, seen); },
        [&](CenterServer& whole) { whole.snapshot(seen); });
    if (server != nullptr) {
      const std::uint64_t commits = steps * site->workers();
      CHECK(server->updates() == commits);
      const std::vector<std::size_t> offsets = cut_into_shards(size, shards);
      const auto shard = static_cast<std::size_t>(world.rank());
      if (shard > 0) {
        CHECK(server->size() == offsets[shard + 1] - offsets[shard]);
        seen.resize(server->size());
        CHECK(server->snapshot(seen) == commits);
        bool right = true;
        for (std::size_t i = 0; i < seen.size(); ++i) {
          right = right && seen[i] == initial[offsets[shard] + i] + static_cast<float>(commits);
        }
        CHECK(right);
      }
    }
  }
}

// How choosing a center of two shards ends: the transport's name, or code and message.
std::string choice(const mpi::Communicator& world, const ServerOptions& options,
                   std::optional<Consistency> consistency,
                   const std::vector<Candidate>& candidates = all_transports()) {
  const std::vector<float> initial(100, 2.0F);
  try {
    const Center center = choose_center(world, initial, options, consistency, candidates, 10s);
    return std::string(name_of(center.transport)) + " " + std::string(name_of(center.consistency));
  } catch (const mpi::CollectiveError& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what();
  }
}

// A transport that calls itself `name` and works but for the server on rank 1, which begins with
// other numbers (a wrong sum) or cannot be opened.
enum class ShardFault { wrong_sum, absent };
Candidate faulty_on_rank_1(const mpi::Communicator& world, Transport name, ShardFault fault) {
  const auto open = [&world, name, fault](const mpi::Communicator& group,
                                          std::span<const float> values,
                                          const TransportOptions& options) {
    mpi::collectively(group, [&] {
      if (fault == ShardFault::absent && world.rank() == 1) fail(ExitCode::internal, "no window");
    });
    const std::vector<float> others(values.size(), 1.0F);
    Center center = open_message(group, world.rank() == 1 ? others : values, options);
    center.transport = name;
    return center;
  };
  return {name, open};
}

Candidate working(Transport name) {
  const auto open = [name](const mpi::Communicator& group, std::span<const float> values,
                           const TransportOptions& options) {
    Center center = open_message(group, values, options);
    center.transport = name;
    return center;
  };
  return {name, open};
}

}  // namespace

TEST_CASE("message sharded: nothing is lost, and one worker sees what it would in one piece") {
  const auto world = mpi::Communicator::world();
  check_shards(world, Transport::message);
  if (world.size() == 3) check_sequential(over(world, Transport::message, 2), 3);
  if (world.size() == 4) check_sequential(over(world, Transport::message, 3), 3);
}

TEST_CASE("rma sharded: nothing is lost, and one worker sees what it would in one piece") {
  const auto world = mpi::Communicator::world();
  check_shards(world, Transport::rma);
  if (world.size() == 3) check_sequential(over(world, Transport::rma, 2), 3);
  if (world.size() == 4) check_sequential(over(world, Transport::rma, 3), 3);
}

TEST_CASE("message sharded: every server has every commit") {
  check_every_server(mpi::Communicator::world(), Transport::message);
}

TEST_CASE("rma sharded: every server has every commit") {
  check_every_server(mpi::Communicator::world(), Transport::rma);
}

TEST_CASE("message sharded: compressed commits arrive in every shard") {
  const auto world = mpi::Communicator::world();
  if (world.size() < 3) return;
  for (const CompressionKind kind : {CompressionKind::bf16, CompressionKind::topk}) {
    const ServerOptions options{.shards = 2, .compression = {.kind = kind, .topk_fraction = 0.25}};
    const std::vector<float> initial(100'003, 1.0F);
    const std::vector<float> ones(initial.size(), 1.0F);
    const std::vector<float> nothing(initial.size(), 0.0F);
    const auto site = make_mpi_site(world, make_center(world, initial, options, std::nullopt), 2);
    int done = 0;
    site->run(
        5,  // a topk commit sends a quarter
        [&](std::size_t, CenterVariable& worker) { worker.commit(done++ == 0 ? ones : nothing); },
        [](CenterServer&) {});
    if (site->server() == nullptr) continue;
    std::vector<float> theta(initial.size());
    CHECK(site->server()->snapshot(theta) == 5 * site->workers());
    const float sum = 1.0F + static_cast<float>(site->workers());
    CHECK(std::ranges::all_of(theta, [&](float value) { return value == sum; }));
  }
}

TEST_CASE("choice sharded: a transport that fails in one shard is left by all ranks") {
  const auto world = mpi::Communicator::world();
  if (world.size() < 3) return;
  const ServerOptions two{.shards = 2};
  const ServerOptions two_rma{.transport = Transport::rma, .shards = 2};
  const Candidate good = working(Transport::message);
  for (const ShardFault fault : {ShardFault::wrong_sum, ShardFault::absent}) {
    const Candidate bad = faulty_on_rank_1(world, Transport::rma, fault);
    CHECK(choice(world, two, std::nullopt, {bad, good}) == "message snapshot");
    CHECK(choice(world, two_rma, std::nullopt, {bad, good}) ==
          (fault == ShardFault::absent
               ? "70: transport rma does not work here: no window"
               : "70: transport rma does not work here: a worker sees a wrong sum"));
  }
}

// Each shard has an order of its own: alone, a worker finds the same in all.
TEST_CASE("sharded: an outer momentum lies with the servers, each shard's with its own") {
  const auto world = mpi::Communicator::world();
  const std::size_t shards = static_cast<std::size_t>(world.size()) - 1;
  if (shards != 2 && shards != 3) return;
  for (const Transport transport : {Transport::message, Transport::rma}) {
    check_momentum(
        [&](std::span<const float> initial, std::span<const float> momentum) {
          const ServerOptions options{.transport = transport, .shards = shards};
          return make_mpi_site(
              world, make_center(world, initial, options, Consistency::snapshot, 0, momentum),
              shards);
        },
        4 * shards);
  }
}

TEST_CASE("sharded: statistics and an outer momentum of the same center do not touch") {
  const auto world = mpi::Communicator::world();
  if (world.size() != 3) return;
  constexpr std::size_t weights = 70;
  std::vector<float> initial(weights + 5, 2.0F);
  std::vector<float> momentum(2 * weights);
  for (std::size_t i = 0; i < momentum.size(); ++i) momentum[i] = static_cast<float>(i);
  const Center center = make_center(world, initial, {.transport = Transport::message, .shards = 2},
                                    Consistency::snapshot, 5, momentum);
  mpi::Request over = world.rank() == 0 ? mpi::Request() : world.ibarrier();
  if (world.rank() == 0) {
    CHECK(std::ranges::equal(center.server->momentum(), momentum));
    std::vector<float> theta(initial.size());
    center.server->snapshot(theta);
    CHECK(theta == initial);
    over = world.ibarrier();
  }
  while (!over.test()) {
    if (center.server) center.server->progress();
  }
}

TEST_CASE("choice sharded: shared has one server, and more shards than can be are an error") {
  const auto world = mpi::Communicator::world();
  if (world.size() < 3) return;
  CHECK(choice(world, {.shards = 2}, Consistency::snapshot) == "message snapshot");
  CHECK(choice(world, {.transport = Transport::shared, .shards = 2}, std::nullopt)
            .starts_with("78: server.transport = \"shared\" needs all ranks on one node, and one"));
  CHECK(choice(world, {.shards = 2}, Consistency::none).starts_with("78: trainer.consistency"));
  const auto ranks = static_cast<std::size_t>(world.size());
  CHECK(choice(world, {.shards = ranks}, std::nullopt).starts_with("70: "));
  CHECK_THROWS_AS(make_center(world, std::vector<float>(1), {.shards = 2}, std::nullopt),
                  mpi::CollectiveError);
}

// Ends the job, so it is run by itself and judged from outside.
TEST_CASE("killed: the job does not outlive a shard's server" * doctest::skip()) {
  const auto world = mpi::Communicator::world();
  const std::vector<float> initial(1000);
  const Center center =
      make_center(world, initial, {.transport = Transport::message, .shards = 2}, std::nullopt);
  std::vector<float> out(initial.size());
  for (int turn = 0;; ++turn) {
    if (center.worker) center.worker->commit_and_pull(initial, out);
    if (center.server) center.server->progress();
    if (world.rank() == 1 && turn == 10'000) std::raise(SIGKILL);
  }
}
