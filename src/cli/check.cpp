// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/class_label.hpp"
#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "core/units.hpp"
#include "exchange/strategies/registry.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/graph/model.hpp"
#include "run/training/assembly.hpp"

namespace tusk::cli {
namespace {

std::string validation_text(const training::Assembly& assembly) {
  if (!assembly.validation) return "no validation";
  return fmt::format("{} to validate", format_count(assembly.validation->size()));
}

// What says how much samples count; nothing if all count alike.
std::string weights_text(const training::Assembly& assembly) {
  std::string text;
  if (const auto& name = assembly.experiment.data.sample_weight) {
    text += fmt::format("weights    of each sample: data set '{}'\n", *name);
  }
  if (assembly.class_weights.empty()) return text;
  std::vector<std::string> classes;
  for (std::size_t i = 0; i < assembly.class_weights.size(); ++i) {
    classes.push_back(
        fmt::format("{} {:.6g}", class_label(assembly.class_names, i), assembly.class_weights[i]));
  }
  return text + fmt::format("weights    of classes in training: {}\n", fmt::join(classes, ", "));
}

// The table of a model of several inputs, whose shapes the experiment says: there is no data of
// several arrays to train it on yet, so that this is all that can be checked.
void show_inputs(const Experiment& experiment, bool prints) {
  const graph::Model model(experiment.model, std::span<const Shape>());
  if (prints) fmt::print("{}\n", model.summary());
}

ExitCode check(const Context& context, const ExperimentArguments& arguments) {
  const mpi::Communicator& world = context.world;
  const Experiment experiment = load_experiment(context, arguments);
  if (experiment.model.inputs.size() > 1) {
    mpi::collectively(world, [&] { show_inputs(experiment, world.rank() == 0); });
  }
  const training::Assembly assembly = training::assemble(experiment, world, context.extensions);
  strategies::warn_of_strategy(experiment.trainer.strategy, experiment.optimizer,
                               assembly.roles.workers);
  if (world.rank() != 0) return ExitCode::done;
  fmt::print("{}\n", assembly.model.summary());
  fmt::print("data       {}: {} samples of {} to train, {}\n", experiment.data.train.to_string(),
             format_count(assembly.samples_per_epoch()), assembly.model.input_shape().to_string(),
             validation_text(assembly));
  for (const std::string& line : assembly.transforms.summary()) fmt::print("transform  {}\n", line);
  fmt::print("{}", weights_text(assembly));
  fmt::print("optimizer  {}, learning rate {}\n", options::selected_name(experiment.optimizer.kind),
             experiment.optimizer.learning_rate);
  fmt::print("trainer    {}, epochs {}, batch size {}\n", name_of_rule(experiment.trainer.strategy),
             experiment.trainer.epochs, experiment.trainer.batch_size);
  fmt::print("{} can be trained\n", experiment.name);
  return ExitCode::done;
}

}  // namespace

Command check_command(const Context& context) {
  const auto arguments = std::make_shared<ExperimentArguments>();
  return {.name = "check",
          .help = "Check an experiment and its data, and print its model; trains nothing",
          .example = "Example:\n  tusk check configs/fashion-mnist-adag.toml",
          .arguments = experiment_arguments(*arguments),
          .run = [context, arguments] { return check(context, *arguments); }};
}

}  // namespace tusk::cli
