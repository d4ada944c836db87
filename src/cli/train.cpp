// SPDX-License-Identifier: Apache-2.0
#include "run/training/train.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "core/log.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

struct TrainArguments {
  ExperimentArguments experiment;
  std::string run_directory;
  bool overwrite = false;
  std::string resume = "auto";
  std::string max_time;
};

ExitCode train(const Context& context, const TrainArguments& arguments) {
  const Experiment experiment = load_experiment(context, arguments.experiment);
  const std::filesystem::path directory = arguments.run_directory.empty()
                                              ? std::filesystem::path("runs") / experiment.name
                                              : std::filesystem::path(arguments.run_directory);
  const records::Summary summary =
      training::train(experiment,
                      {.run_directory = directory,
                       .overwrite = arguments.overwrite,
                       .resume = arguments.resume,
                       .stop_by = stop_by(context, arguments.max_time)},
                      context.world, context.extensions);
  if (!summary.for_later.empty()) {
    info("{}", summary.for_later);
    return ExitCode::requeue;
  }
  if (context.world.rank() == 0) fmt::print("{}\n", summary.line());
  return ExitCode::done;
}

}  // namespace

Command train_command(const Context& context) {
  auto arguments = std::make_shared<TrainArguments>();
  Command command{
      .name = "train",
      .help = "Train an experiment and write its run directory",
      .example =
          "One parameter server (rank 0) and two workers:\n"
          "  mpirun -n 3 tusk train configs/fashion-mnist-adag.toml --set trainer.epochs=3\n"
          "The same with four threads a worker:\n"
          "  mpirun -n 3 --map-by slot:PE=4 tusk train configs/fashion-mnist-adag.toml \\\n"
          "    --set trainer.threads=4\n"
          "Stopped by a signal or --max-time it writes a checkpoint and exits with 85; the same\n"
          "command then goes on.",
      .arguments = experiment_arguments(arguments->experiment),
      .run = [arguments, context] { return train(context, *arguments); }};
  command.arguments.push_back(
      {.name = "--run-dir",
       .place = &arguments->run_directory,
       .help = "Where to leave the results (default: runs/NAME of the experiment)"});
  command.arguments.push_back({.name = "--overwrite",
                               .place = &arguments->overwrite,
                               .help = "Replace an earlier run's files"});
  const std::vector<Argument> more = going_on_arguments(arguments->resume, arguments->max_time);
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  return command;
}

}  // namespace tusk::cli
