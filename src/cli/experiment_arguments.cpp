// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment_arguments.hpp"

#include "experiment/read_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {

std::vector<Argument> experiment_arguments(ExperimentArguments& arguments) {
  return {
      {.name = "EXPERIMENT.toml",
       .place = &arguments.file,
       .help = "What to train, on what, and how",
       .required = true},
      {.name = "--set",
       .place = &arguments.overrides,
       .help = "Override a key, as in trainer.epochs=3 or model.layers.0.units=100 (repeatable)",
       .value_type = "KEY=VALUE",
       .one_word = true}};
}

Experiment load_experiment(const Context& context, const ExperimentArguments& arguments) {
  const mpi::Communicator& world = context.world;
  constexpr int reader = 0;
  std::string text;
  mpi::collectively(world, [&] {
    if (world.rank() == reader) text = experiment::read_text(arguments.file);
  });
  text = world.broadcast(std::move(text), reader);

  Experiment experiment;
  mpi::collectively(world, [&] {
    experiment =
        experiment::read_experiment(text, arguments.file, arguments.overrides, context.extensions);
  });
  return experiment;
}

}  // namespace tusk::cli
