// SPDX-License-Identifier: Apache-2.0
// A command line for tusk::main() whose commands fail in every way there is.
#include <new>
#include <stdexcept>
#include <string>

#include "cli/run.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

void fail_on_last(const mpi::Communicator& world) {
  if (world.rank() == world.size() - 1) fail(ExitCode::bad_data, "the last rank's data");
}

void fail_alone(const mpi::Communicator& world) {
  if (world.rank() == world.size() - 1) fail(ExitCode::diverged, "the loss is not finite");
  world.barrier();  // where the others wait in vain
}

ExitCode run_case(const std::string& name, const mpi::Communicator& world) {
  if (name == "requeue") return ExitCode::requeue;
  if (name == "everywhere") {
    mpi::collectively(world,
                      [&] { fail(ExitCode::no_input, "rank {} misses a file", world.rank()); });
  }
  if (name == "on-last") mpi::collectively(world, [&] { fail_on_last(world); });
  if (name == "memory") mpi::collectively(world, [] { throw std::bad_alloc(); });
  if (name == "number") mpi::collectively(world, [] { throw 7; });
  if (name == "alone") fail_alone(world);
  if (name == "each-alone") fail(ExitCode::diverged, "the loss is not finite");
  if (name == "memory-alone") throw std::bad_alloc();
  if (name == "exception-alone") throw std::runtime_error("a bug");
  if (name == "number-alone") throw 7;
  return ExitCode::done;
}

}  // namespace

ExitCode run(int argc, char** argv, const Context& context) {
  const mpi::Communicator& world = context.world;
  return run_case(argc > 1 ? argv[1] : "", world);
}

}  // namespace tusk::cli
