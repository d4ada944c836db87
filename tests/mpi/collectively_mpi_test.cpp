// SPDX-License-Identifier: Apache-2.0
#include "mpi/collectively.hpp"

#include <doctest/doctest.h>

#include <new>
#include <stdexcept>
#include <string>

#include "mpi/communicator.hpp"

using namespace tusk;

namespace {

// What collectively() made of `work` on this rank, as "code: message"; "done" if nothing.
template <typename Work>
std::string outcome(const mpi::Communicator& world, const Work& work) {
  try {
    mpi::collectively(world, work);
  } catch (const mpi::CollectiveError& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what();
  }
  return "done";
}

}  // namespace

TEST_CASE("every rank throws the lowest failing rank's error") {
  const auto world = mpi::Communicator::world();
  for (int first = 0; first < world.size(); ++first) {
    const std::string seen = outcome(world, [&] {
      if (world.rank() >= first) fail(ExitCode::bad_data, "rank {} failed", world.rank());
    });
    CHECK(seen == "65: rank " + std::to_string(first) + " failed");
  }
}

TEST_CASE("work that succeeds everywhere throws nowhere, and the communicator stays usable") {
  const auto world = mpi::Communicator::world();
  CHECK(outcome(world, [] {}) == "done");
  CHECK(world.sum(std::uint64_t{1}) == static_cast<std::uint64_t>(world.size()));
}

TEST_CASE("exceptions of other kinds become internal errors with their words") {
  const auto world = mpi::Communicator::world();
  CHECK(outcome(world, [] { throw std::runtime_error("something else"); }) == "70: something else");
  CHECK(outcome(world, [] { throw std::bad_alloc(); }) == "70: out of memory");
}

TEST_CASE("work that makes something returns each rank's own, unless one rank fails") {
  const auto world = mpi::Communicator::world();
  CHECK(mpi::collectively(world, [&] { return world.rank() + 1; }) == world.rank() + 1);
  CHECK(outcome(world, [&]() -> int {
          if (world.rank() == 0) fail(ExitCode::no_input, "none");
          return 1;
        }) == "66: none");
}
