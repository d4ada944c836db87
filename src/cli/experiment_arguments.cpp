// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment_arguments.hpp"

#include <CLI/CLI.hpp>

#include "experiment/read_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {

void add_experiment_arguments(CLI::App& command, ExperimentArguments& arguments) {
  command.add_option("EXPERIMENT.toml", arguments.file, "What to train, on what, and how")
      ->required()
      ->option_text(" ");
  command
      .add_option("--set", arguments.overrides,
                  "Override a key, as in trainer.epochs=3 or model.layers.0.units=100 (repeatable)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

Experiment load_experiment(const mpi::Communicator& world, const ExperimentArguments& arguments) {
  constexpr int reader = 0;
  std::string text;
  mpi::collectively(world, [&] {
    if (world.rank() == reader) text = experiment::read_text(arguments.file);
  });
  text = world.broadcast(std::move(text), reader);

  Experiment experiment;
  mpi::collectively(world, [&] {
    experiment = experiment::read_experiment(text, arguments.file, arguments.overrides);
  });
  return experiment;
}

}  // namespace tusk::cli
