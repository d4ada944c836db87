// SPDX-License-Identifier: Apache-2.0
// Every rule on the ranks of a job, on each transport.
#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "cases.hpp"
#include "mpi_place.hpp"

using namespace tusk;
using namespace tusk::strategies::testing;

namespace {

MakePlace over(const mpi::Communicator& world, Transport transport) {
  return [&world, transport](std::span<const float> initial) {
    return make_mpi_place(
        world, center::make_center(world, initial, {.transport = transport}, std::nullopt));
  };
}

MakePlace with_momentum(const mpi::Communicator& world, Transport transport) {
  return [&world, transport](std::span<const float> initial) {
    std::vector<float> momentum(initial.size());  // v, then θ_kept
    momentum.insert(momentum.end(), initial.begin(), initial.end());
    return make_mpi_place(world, center::make_center(world, initial, {.transport = transport},
                                                     Consistency::snapshot, 0, momentum));
  };
}

void check_all(Transport transport) {
  const auto world = mpi::Communicator::world();
  check_rules(over(world, transport));
  check_delayed_nesterov(with_momentum(world, transport));
  check_nothing_is_lost(over(world, transport));
  check_elastic_conserves(over(world, transport));
  check_overlapping_rules(over(world, transport));
}

}  // namespace

TEST_CASE("shared: the rules are their formulas, nothing is lost, elastic conserves") {
  check_all(Transport::shared);
}

TEST_CASE("rma: the rules are their formulas, nothing is lost, elastic conserves") {
  check_all(Transport::rma);
}

TEST_CASE("message: the rules are their formulas, nothing is lost, elastic conserves") {
  check_all(Transport::message);
}

TEST_CASE("peers: the rules are their formulas, with uneven shards") {
  const auto world = mpi::Communicator::world();
  const auto meeting = make_mpi_meeting(world);
  check_averaging(*meeting);
  check_sync_sgd(*meeting);
  check_easgd(*meeting);
  check_diloco(*meeting);
  check_diloco_is_averaging(*meeting);
  check_peers_statistics(*meeting);
  check_averaging_is_sync_sgd(*meeting);
  check_easgd_conserves(*meeting);
}
