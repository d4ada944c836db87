// SPDX-License-Identifier: Apache-2.0
// The cases of every center, on each transport.
#include <doctest/doctest.h>

#include "cases.hpp"
#include "mpi_site.hpp"
#include "tusk/center/make_center.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

namespace {

MakeSite over(const mpi::Communicator& world, Transport transport, Consistency consistency) {
  return [&world, transport, consistency](std::span<const float> initial) {
    Center center = make_center(world, initial, transport, consistency);
    CHECK(center.transport == transport);
    CHECK(center.consistency == consistency);
    return make_mpi_site(world, std::move(center));
  };
}

}  // namespace

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
