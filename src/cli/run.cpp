// SPDX-License-Identifier: Apache-2.0
#include "cli/run.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "core/version.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

Program program(const mpi::Communicator& world) {
  return {.name = "tusk",
          .help = "Asynchronous distributed training of neural networks on MPI clusters",
          .version = fmt::format("tusk {} ({})", version, git_revision),
          .example =
              "Example: one parameter server and four asynchronous workers\n"
              "  mpirun -n 5 tusk train configs/fashion-mnist-adag.toml",
          .commands = {train_command(world), evaluate_command(world), predict_command(world),
                       convert_command(world), simulate_command(world), inspect_command(world),
                       check_command(world), info_command(world)}};
}

}  // namespace

ExitCode run(int argc, char** argv, const mpi::Communicator& world) {
  const Program tusk = program(world);
  Request request;
  mpi::collectively(world, [&] { request = read_command_line(tusk, argc, argv); });
  if (request.command != nullptr) return request.command->run();
  if (world.rank() == 0) std::fputs(request.text.c_str(), stdout);
  return ExitCode::done;
}

}  // namespace tusk::cli
