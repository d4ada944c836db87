// SPDX-License-Identifier: Apache-2.0
// main() of the tests that run under mpirun: every rank runs every case, and the program's exit
// code is the worst of all ranks'. Fewer ranks than the test was registered for is a failure, never
// a skip.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <mpi.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "core/log.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"

// In place of the system's: it keeps files over a loss of power, which no test here can cause, and
// takes milliseconds, thousands of times where checkpoints follow every few steps. That the program
// calls it where it should is a test of the program itself (tests/faults/killed_writing.py).
extern "C" int fsync(int) { return 0; }

namespace {

void end_job(const tusk::Error& error) {
  tusk::print_error(error.what());
  MPI_Abort(MPI_COMM_WORLD, static_cast<int>(error.code()));
}

int run(int argc, char** argv) {
  const tusk::mpi::Environment environment(argc, argv, end_job);
  const auto world = tusk::mpi::Communicator::world();
  const char* expected = std::getenv("TUSK_TEST_RANKS");
  if (expected != nullptr && world.size() != std::stoi(expected)) {
    tusk::fail(tusk::ExitCode::internal, "{} ranks, but the test wants {}", world.size(), expected);
  }
  doctest::Context context(argc, argv);
  const int failed = context.run();
  return static_cast<int>(world.max(static_cast<std::uint64_t>(failed)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const tusk::Error& error) {
    end_job(error);
  }
  return EXIT_FAILURE;
}
