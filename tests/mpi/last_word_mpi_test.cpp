// SPDX-License-Identifier: Apache-2.0
#include "mpi/last_word.hpp"

#include <doctest/doctest.h>

#include "mpi/communicator.hpp"

using namespace tusk;

TEST_CASE("of all ranks that claim the last word at once, one gets it") {
  const auto world = mpi::Communicator::world();
  for (int round = 0; round < 20; ++round) {
    mpi::LastWord last_word(world);
    world.barrier();
    const std::uint64_t mine = last_word.claim() ? 1 : 0;
    CHECK(world.sum(mine) == 1);
  }
}
