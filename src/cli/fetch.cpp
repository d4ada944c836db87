// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/job_arguments.hpp"
#include "run/queue/job.hpp"

namespace tusk::cli {
namespace {

// What is there of what a run leaves, in the order in which people look at it.
std::string contents(const std::filesystem::path& run) {
  std::string names;
  for (const char* name :
       {"model.h5", "summary.json", "metrics.jsonl", "history.h5", "history", "checkpoints"}) {
    if (!std::filesystem::exists(run / name)) continue;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names.empty() ? "nothing yet" : names;
}

}  // namespace

Command fetch_command(const Context& context) {
  struct Arguments {
    std::string run;
    bool checkpoints = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  return {.name = "fetch",
          .help = "Bring the run directory and the log of a job of tusk submit here",
          .example =
              "What is here already is not sent again:\n"
              "  tusk fetch runs/higgs-adag",
          .arguments = {run_argument(arguments->run),
                        {.name = "--checkpoints",
                         .place = &arguments->checkpoints,
                         .help = "The checkpoints, too, to go on here"}},
          .run = [context, arguments] {
            return as_one_process(context, [&] {
              const queue::Job job = queue::read_job(arguments->run);
              queue::fetch(job, arguments->checkpoints);
              fmt::print("{}: {}; the log is {}/log\n", arguments->run, contents(arguments->run),
                         queue::folder_of(arguments->run).string());
            });
          }};
}

}  // namespace tusk::cli
