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

Program program(const Context& context);  // for a command that describes it

Program program(const Context& context) {
  return {.name = "tusk",
          .help = "Asynchronous distributed training of neural networks on MPI clusters",
          .version = fmt::format("tusk {} ({})", version, git_revision),
          .example =
              "Example: one parameter server and four asynchronous workers\n"
              "  mpirun -n 5 tusk train configs/fashion-mnist-adag.toml",
          .commands = {train_command(context), evaluate_command(context), predict_command(context),
                       convert_command(context), simulate_command(context),
                       inspect_command(context), export_command(context), check_command(context),
                       submit_command(context), status_command(context), cancel_command(context),
                       fetch_command(context), info_command(context),
                       manual_command(context, [context] { return program(context); })}};
}

}  // namespace

ExitCode run(int argc, char** argv, const Context& context) {
  const mpi::Communicator& world = context.world;
  const Program tusk = program(context);
  Request request;
  mpi::collectively(world, [&] {
    check_names(context.extensions);
    request = read_command_line(tusk, argc, argv);
  });
  if (request.command != nullptr) return request.command->run();
  if (world.rank() == 0) std::fputs(request.text.c_str(), stdout);
  return ExitCode::done;
}

}  // namespace tusk::cli
