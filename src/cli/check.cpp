// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string>
#include <variant>

#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "core/units.hpp"
#include "exchange/strategies/registry.hpp"
#include "mpi/communicator.hpp"
#include "run/training/assembly.hpp"

namespace tusk::cli {
namespace {

template <typename... Kinds>
std::string name_of_kind(const std::variant<Kinds...>& kind) {
  return std::visit([](const auto& options) { return std::string(options.name); }, kind);
}

std::string validation_text(const training::Assembly& assembly) {
  if (!assembly.validation) return "no validation";
  return fmt::format("{} to validate", format_count(assembly.validation->size()));
}

ExitCode check(const mpi::Communicator& world, const ExperimentArguments& arguments) {
  const Experiment experiment = load_experiment(world, arguments);
  const training::Assembly assembly = training::assemble(experiment, world);
  strategies::warn_of_strategy(experiment.trainer.strategy, experiment.optimizer,
                               assembly.roles.workers);
  if (world.rank() != 0) return ExitCode::done;
  fmt::print("{}\n", assembly.model.summary());
  fmt::print("data       {}: {} samples of {} to train, {}\n", experiment.data.train.to_string(),
             format_count(assembly.samples_per_epoch()), assembly.model.input_shape().to_string(),
             validation_text(assembly));
  for (const std::string& line : assembly.transforms.summary()) fmt::print("transform  {}\n", line);
  fmt::print("optimizer  {}, learning rate {}\n", name_of_kind(experiment.optimizer.kind),
             experiment.optimizer.learning_rate);
  fmt::print("trainer    {}, epochs {}, batch size {}\n", name_of_kind(experiment.trainer.strategy),
             experiment.trainer.epochs, experiment.trainer.batch_size);
  fmt::print("{} can be trained\n", experiment.name);
  return ExitCode::done;
}

}  // namespace

Command check_command(const mpi::Communicator& world) {
  const auto arguments = std::make_shared<ExperimentArguments>();
  return {.name = "check",
          .help = "Check an experiment and its data, and print its model; trains nothing",
          .example = "Example:\n  tusk check configs/fashion-mnist-adag.toml",
          .arguments = experiment_arguments(*arguments),
          .run = [&world, arguments] { return check(world, *arguments); }};
}

}  // namespace tusk::cli
