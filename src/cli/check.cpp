// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/class_label.hpp"
#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "core/log.hpp"
#include "core/units.hpp"
#include "exchange/strategies/reach.hpp"
#include "exchange/strategies/registry.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/graph/model.hpp"
#include "run/advice/advice.hpp"
#include "run/advice/memory_rates.hpp"
#include "run/advice/step_time.hpp"
#include "run/simulation/virtual_machine.hpp"
#include "run/training/assembly.hpp"

namespace tusk::cli {
namespace {

std::string validation_text(const training::Assembly& assembly) {
  if (!assembly.validation) return "no validation";
  return fmt::format("{} to validate", format_count(assembly.validation->size()));
}

// " for class" where there are labels of several outputs.
std::string owner_text(const graph::Model& model, std::size_t label, std::size_t labels) {
  return labels == 1 ? "" : fmt::format(" for {}", model.outputs()[label].name);
}

// What says how much samples count; nothing if all count alike.
std::string weights_text(const training::Assembly& assembly) {
  std::string text;
  const datasets::Dataset& train = assembly.files.train;
  for (std::size_t i = 0; i < train.labels_count(); ++i) {
    const std::string of = owner_text(assembly.model, i, train.labels_count());
    if (train.has_weights(i)) {
      text +=
          fmt::format("weights    of each sample{}: data set '{}'\n", of, train.weights(i).name());
    }
    const std::vector<double>& weights = assembly.class_weights[i];
    if (weights.empty()) continue;
    std::vector<std::string> classes;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      classes.push_back(
          fmt::format("{} {:.6g}", class_label(assembly.class_names[i], k), weights[k]));
    }
    text += fmt::format("weights    of classes in training{}: {}\n", of, fmt::join(classes, ", "));
  }
  return text;
}

// What the transforms do, a line each.
std::string transforms_text(const training::Assembly& assembly) {
  std::string text;
  for (std::size_t i = 0; i < assembly.transforms.size(); ++i) {
    const bool is_only = assembly.transforms.size() == 1;
    const std::string of = is_only ? "" : assembly.model.inputs()[i].name + ": ";
    for (const std::string& line : assembly.transforms[i].summary()) {
      text += fmt::format("transform  {}{}\n", of, line);
    }
  }
  return text;
}

// "(3,)", or "jets (8, 4), event (5,)".
std::string shapes_text(const graph::Model& model) {
  if (model.inputs().size() == 1) return model.input_shape().to_string();
  std::vector<std::string> shapes;
  for (const graph::ModelInput& input : model.inputs()) {
    shapes.push_back(fmt::format("{} {}", input.name, input.shape.to_string()));
  }
  return fmt::format("{}", fmt::join(shapes, ", "));
}

// How far a window may go with these workers, where the rule has an outer learning rate.
std::string reach_text(const TrainerOptions& trainer, std::size_t workers) {
  const auto share = strategies::largest_share(trainer, workers);
  if (!share) return "";
  const std::string windows =
      fmt::format("windows of {} worker{} may go", workers, workers == 1 ? "" : "s");
  if (*share == 1.0) return fmt::format("reach      {} all the way to an optimum\n", windows);
  if (*share < 0.5) {
    warning(
        "{} {:.2f} of the way to an optimum at most; a smaller trainer.outer_learning_rate or "
        "outer_momentum leaves them more",
        windows, *share);
  }
  return fmt::format("reach      {} {:.2f} of the way to an optimum\n", windows, *share);
}

struct CheckArguments {
  ExperimentArguments experiment;
  std::optional<std::uint64_t> workers;
  std::uint64_t nodes = 0;
};

// Where the workers would be: as the command line says, or as this job's are.
advice::Places find_places(const CheckArguments& arguments, const training::Assembly& assembly,
                           const mpi::Communicator& world) {
  advice::Places places{.workers = arguments.workers.value_or(assembly.roles.workers)};
  const ServerOptions& server = assembly.experiment.server;
  if (arguments.nodes > 0) {
    places.nodes = arguments.nodes;
  } else if (server.topology == ServerTopology::tree && server.ranks_per_node) {
    places.nodes = simulation::groups_of(assembly.experiment, places.workers).count();
  } else if (!arguments.workers) {
    const bool is_first = world.split_by_node().rank() == 0;
    places.nodes = static_cast<std::size_t>(world.sum(std::uint64_t{is_first ? 1U : 0U}));
  }
  places.nodes = std::min(places.nodes, places.workers);
  return places;
}

// Collective. Nothing, and a warning, where it cannot be measured: the experiment may be well all
// the same.
std::optional<advice::Measured> measure(const training::Assembly& assembly, std::size_t workers,
                                        const mpi::Communicator& world) {
  try {
    const std::optional<double> step_s = advice::measure_step(assembly, world);
    if (!step_s) return std::nullopt;
    advice::Measured measured{.step_s = *step_s, .memory = {}};
    mpi::collectively(world, [&] {
      if (world.rank() != 0) return;
      try {
        measured.memory = advice::measure_memory(assembly.model.exchanged_count(), workers);
      } catch (const std::exception& error) {  // of the standard library
        fail(ExitCode::internal, "{} workers' vectors: {}", workers, error.what());
      }
    });
    return measured;
  } catch (const mpi::CollectiveError& error) {
    warning("what exchanges would cost could not be measured: {}", error.what());
    return std::nullopt;
  }
}

// Collective. What exchanges would cost.
std::string exchange_text(const CheckArguments& arguments, const training::Assembly& assembly,
                          const mpi::Communicator& world) {
  const Experiment& experiment = assembly.experiment;
  const advice::Places places = find_places(arguments, assembly, world);
  if (!advice::is_exchange_advised(experiment.trainer, places)) return "";
  std::optional<advice::Measured> measured;
  if (advice::measures(experiment.simulate)) {
    measured = measure(assembly, places.on_a_node(), world);
    if (!measured) return "";
  }
  return advice::exchange_text(experiment, assembly.model.exchanged_count(), places, measured);
}

// On rank 0.
void print(const training::Assembly& assembly) {
  const Experiment& experiment = assembly.experiment;
  fmt::print("{}\n", assembly.model.summary());
  fmt::print("data       {}: {} samples of {} to train, {}\n", experiment.data.train.to_string(),
             format_count(assembly.samples_per_epoch()), shapes_text(assembly.model),
             validation_text(assembly));
  fmt::print("{}{}", transforms_text(assembly), weights_text(assembly));
  fmt::print("optimizer  {}, learning rate {}\n", options::selected_name(experiment.optimizer.kind),
             experiment.optimizer.learning_rate);
  fmt::print("trainer    {}, epochs {}, batch size {}\n", name_of_rule(experiment.trainer.strategy),
             experiment.trainer.epochs, experiment.trainer.batch_size);
  fmt::print("{}", reach_text(experiment.trainer,
                              training::center_sizes(experiment, assembly.roles).workers));
}

ExitCode check(const Context& context, const CheckArguments& arguments) {
  const mpi::Communicator& world = context.world;
  const Experiment experiment = load_experiment(context, arguments.experiment);
  const training::Roles roles = training::find_roles(experiment, world);
  const training::Assembly assembly =
      training::assemble(experiment, roles, world, context.extensions);
  training::warn_of_rules(assembly);
  if (world.rank() == 0) print(assembly);
  const std::string exchanges = exchange_text(arguments, assembly, world);
  if (world.rank() == 0) fmt::print("{}{} can be trained\n", exchanges, experiment.name);
  return ExitCode::done;
}

}  // namespace

Command check_command(const Context& context) {
  const auto arguments = std::make_shared<CheckArguments>();
  std::vector<Argument> all = experiment_arguments(arguments->experiment);
  all.push_back({.name = "--workers",
                 .place = &arguments->workers,
                 .help = "What exchanges would cost with so many, measured by some steps",
                 .range = Range{1, 1'000'000}});
  all.push_back({.name = "--nodes",
                 .place = &arguments->nodes,
                 .help = "That these would be on; 1 if not given",
                 .range = Range{1, 1'000'000}});
  return {.name = "check",
          .help = "Check an experiment and its data, and print its model; nothing is kept",
          .example =
              "Example:\n  tusk check configs/fashion-mnist-adag.toml\n"
              "What would exchanges cost with 128 workers on one node?\n"
              "  tusk check configs/fashion-mnist-adag.toml --workers 128",
          .arguments = std::move(all),
          .run = [context, arguments] { return check(context, *arguments); }};
}

}  // namespace tusk::cli
