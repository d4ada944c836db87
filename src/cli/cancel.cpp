// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/job_arguments.hpp"
#include "run/queue/job.hpp"

namespace tusk::cli {

Command cancel_command(const Context& context) {
  const auto run = std::make_shared<std::string>();
  return {
      .name = "cancel",
      .help = "Cancel a job of tusk submit",
      .example =
          "Under srun there is time for a checkpoint, and the same tusk submit goes on from it:\n"
          "  tusk cancel runs/higgs-adag",
      .arguments = {run_argument(*run)},
      .run = [context, run] {
        return as_one_process(context, [&] {
          const queue::Job job = queue::read_job(*run);
          queue::cancel(job);
          fmt::print("{}: job {} is cancelled\n", *run, job.number);
        });
      }};
}

}  // namespace tusk::cli
