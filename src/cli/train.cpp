// SPDX-License-Identifier: Apache-2.0
#include "run/training/train.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

struct TrainArguments {
  ExperimentArguments experiment;
  std::string run_directory;
  bool overwrite = false;
};

ExitCode train(const mpi::Communicator& world, const TrainArguments& arguments) {
  const Experiment experiment = load_experiment(world, arguments.experiment);
  const std::filesystem::path directory = arguments.run_directory.empty()
                                              ? std::filesystem::path("runs") / experiment.name
                                              : std::filesystem::path(arguments.run_directory);
  const records::Summary summary = training::train(
      experiment, {.run_directory = directory, .overwrite = arguments.overwrite}, world);
  if (world.rank() == 0) fmt::print("{}\n", summary.line());
  return ExitCode::done;
}

}  // namespace

void add_train(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command =
      app.add_subcommand("train", "Train an experiment and write its run directory");
  add_experiment_arguments(*command, arguments->experiment);
  command->add_option("--run-dir", arguments->run_directory,
                      "Where to leave the results (default: runs/NAME of the experiment)");
  command->add_flag("--overwrite", arguments->overwrite, "Replace an earlier run's files");
  command->footer(
      "One parameter server (rank 0) and two workers:\n"
      "  mpirun -n 3 tusk train configs/fashion-mnist-adag.toml --set trainer.epochs=3\n"
      "The same with four threads a worker:\n"
      "  mpirun -n 3 --map-by slot:PE=4 tusk train configs/fashion-mnist-adag.toml \\\n"
      "    --set trainer.threads=4");
  command->callback([arguments, &context] {
    context.command = [arguments, &context] { return train(context.world, *arguments); };
  });
}

}  // namespace tusk::cli
