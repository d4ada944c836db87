// SPDX-License-Identifier: Apache-2.0
#include "mpi/watch.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "mpi/communicator.hpp"
#include "mpi/last_word.hpp"

using namespace tusk;

// What it notices is in tests/faults/stalled_ranks.py: it takes processes that are killed.
TEST_CASE("a watch begins and ends with the job, at once, and the notes outlive it") {
  const auto world = mpi::Communicator::world();
  for (int round = 0; round < 3; ++round) {
    mpi::LastWord last_word(world);
    const auto start = std::chrono::steady_clock::now();
    {
      const mpi::Watch watch(world, last_word);
      note_activity(Activity::computing, 7);
      CHECK(activity_notes().step == 7);
    }
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
    note_activity(Activity::other);
    CHECK(activity_notes().activity == Activity::other);
    world.barrier();
  }
}
