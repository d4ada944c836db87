// SPDX-License-Identifier: Apache-2.0
#include "cli/job_arguments.hpp"

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {

Argument run_argument(std::string& run) {
  return {.name = "RUN",
          .place = &run,
          .help = "The run directory that tusk submit has named, as runs/higgs-adag",
          .required = true};
}

ExitCode as_one_process(const Context& context, const std::function<void()>& work) {
  mpi::collectively(context.world, [&] {
    if (context.world.size() > 1) {
      fail(ExitCode::usage,
           "this command talks to the batch system and runs as one process, without mpirun");
    }
    work();
  });
  return ExitCode::done;
}

}  // namespace tusk::cli
