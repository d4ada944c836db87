// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "cli/simulation_table.hpp"
#include "core/log.hpp"
#include "core/units.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/records/run_directory.hpp"
#include "run/records/run_times.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/assembly.hpp"

namespace tusk::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_workers = 1'000'000;

// A virtual worker that trains is a thread, and Linux has 32,768 process numbers unless it is told
// otherwise.
constexpr std::size_t most_threads = 32'000;

struct SimulateArguments {
  ExperimentArguments experiment;
  std::vector<std::size_t> workers;
  std::string run_directory;
  std::string csv;
  std::string like;
  bool overwrite = false;
  std::string resume = "auto";
  std::string max_time;
  bool timing_only = false;
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
};

fs::path run_directory(const Experiment& experiment, const SimulateArguments& arguments,
                       std::size_t workers) {
  if (arguments.run_directory.empty()) {
    return fs::path("runs") / fmt::format("{}-simulated-{}", experiment.name, workers);
  }
  if (arguments.workers.size() == 1) return arguments.run_directory;
  return fmt::format("{}-{}", arguments.run_directory, workers);
}

checkpoint::Wish wish(const Experiment& experiment, const SimulateArguments& arguments,
                      std::size_t workers) {
  return {.run_directory = run_directory(experiment, arguments, workers),
          .overwrite = arguments.overwrite,
          .resume = arguments.resume,
          .virtual_workers = workers,
          .like = arguments.like};
}

// Checks everything that can be known before the first simulation, for every number of workers.
void check(const mpi::Communicator& world, const Experiment& experiment,
           const SimulateArguments& arguments, const records::RunTimes* like) {
  mpi::collectively(world, [&] {
    if (world.size() > 1) {
      fail(ExitCode::usage, "simulate runs on one rank: the workers are virtual, see --workers");
    }
    if (arguments.workers.size() > 1 && arguments.resume != "auto" && arguments.resume != "never") {
      fail(ExitCode::usage, "--resume {}: a checkpoint is of one number of workers",
           arguments.resume);
    }
    for (const std::size_t workers : arguments.workers) {
      if (std::ranges::count(arguments.workers, workers) > 1) {
        fail(ExitCode::usage, "--workers: {} stands there twice; a sweep runs each number once",
             workers);
      }
      simulation::check_workers(experiment, workers, like);
      if (arguments.timing_only) continue;
      if (workers > most_threads) {
        fail(ExitCode::usage,
             "--workers: {} is more than {}, each of which trains on a thread; --timing-only takes "
             "up to {}",
             workers, most_threads, most_workers);
      }
      checkpoint::check_directory(wish(experiment, arguments, workers));
    }
  });
}

// The times of the run that --like names.
std::optional<records::RunTimes> times_of_run(const Context& context,
                                              const SimulateArguments& arguments) {
  if (arguments.like.empty()) return std::nullopt;
  const fs::path folder(arguments.like);
  const Experiment run =
      load_experiment(context, {.file = (folder / "experiment.toml").string(), .overrides = {}});
  return mpi::collectively(context.world, [&] {
    if (run.server.topology == ServerTopology::tree) {
      fail(ExitCode::bad_experiment,
           "--like {}: it is the run of a tree of centers, of whose relays its history has no "
           "times; take those of a run with one center, server.topology = \"flat\"",
           arguments.like);
    }
    if (run.trainer.overlap) {
      fail(ExitCode::bad_experiment,
           "--like {}: with trainer.overlap = true its exchanges ran beside its steps, and their "
           "times cannot be told apart",
           arguments.like);
    }
    return records::read_run_times((folder / "history.h5").string(),
                                   traits(run.trainer.strategy).sends_positions);
  });
}

SimulationRow project(const training::Assembly& assembly, std::size_t workers,
                      const records::RunTimes* like) {
  const auto projection = simulation::project_times(
      assembly.experiment, assembly.model.exchanged_count(), assembly.training_rows, workers, like);
  return {.workers = workers,
          .elapsed_s = projection.elapsed_s,
          .samples = projection.samples,
          .staleness = projection.staleness};
}

SimulationRow simulate_training(const mpi::Communicator& world, const training::Assembly& assembly,
                                const SimulateArguments& arguments, const records::RunTimes* like,
                                std::optional<std::chrono::steady_clock::time_point> stop_by,
                                std::unique_ptr<checkpoint::Origin> origin) {
  const Experiment& experiment = assembly.experiment;
  const std::size_t workers = assembly.roles.workers;
  const std::uint64_t bytes =
      simulation::memory_bytes(experiment.optimizer, assembly.model.parameter_count(), workers);
  info("{} virtual worker{}: about {} of memory for weights, gradients and optimizer", workers,
       workers == 1 ? "" : "s", format_bytes(bytes));
  const records::Summary summary =
      simulation::train(assembly,
                        {.run_directory = run_directory(experiment, arguments, workers),
                         .overwrite = arguments.overwrite,
                         .stop_by = stop_by,
                         .like = arguments.like},
                        arguments.threads, world, like, std::move(origin));
  return {.workers = workers,
          .elapsed_s = summary.elapsed_s,
          .samples = summary.ledger.samples_trained,
          .staleness = summary.staleness,
          .summary = summary};
}

ExitCode simulate(const Context& context, const SimulateArguments& arguments) {
  const mpi::Communicator& world = context.world;
  Experiment experiment = load_experiment(context, arguments.experiment);
  const auto times = times_of_run(context, arguments);
  const records::RunTimes* const like = times ? &*times : nullptr;
  const auto end = stop_by(context, arguments.max_time);
  check(world, experiment, arguments, like);
  std::vector<std::unique_ptr<checkpoint::Origin>> origins;
  for (const std::size_t workers : arguments.workers) {
    origins.push_back(arguments.timing_only
                          ? nullptr
                          : checkpoint::find_origin(wish(experiment, arguments, workers),
                                                    experiment, world, context.extensions));
    if (!experiment.data.memory_limit && origins.back()) {
      experiment.data.memory_limit = origins.back()->memory_limit;  // decides what is streamed
    }
  }
  const std::size_t most = *std::ranges::max_element(arguments.workers);
  training::Assembly assembly =
      training::assemble_simulation(experiment, most, world, context.extensions);
  if (arguments.timing_only) assembly.shard.reset();  // has been checked, and is not needed
  SimulationTable table(experiment.name, arguments.csv, arguments.overwrite,
                        project(assembly, 1, like));
  fmt::print("{}\n", table.header());
  for (std::size_t i = 0; i < arguments.workers.size(); ++i) {
    const std::size_t workers = assembly.roles.workers = arguments.workers[i];
    const SimulationRow row =
        arguments.timing_only
            ? project(assembly, workers, like)
            : simulate_training(world, assembly, arguments, like, end, std::move(origins[i]));
    if (row.summary && !row.summary->for_later.empty()) {
      info("{}", row.summary->for_later);
      return ExitCode::requeue;
    }
    fmt::print("{}\n", table.add(row));
    std::fflush(stdout);
  }
  return ExitCode::done;
}

}  // namespace

Command simulate_command(const Context& context) {
  const auto arguments = std::make_shared<SimulateArguments>();
  Command command{
      .name = "simulate",
      .help = "Train with virtual workers on a virtual clock, in one process",
      .example =
          "What a step and an exchange cost stands in [simulate] of the experiment. Example:\n"
          "  tusk simulate configs/mnist-adag.toml --workers 1,2,5,10,20,40",
      .arguments = experiment_arguments(arguments->experiment),
      .run = [context, arguments] { return simulate(context, *arguments); }};
  const std::vector<Argument> more{
      {.name = "--workers",
       .place = &arguments->workers,
       .help = "How many virtual workers; several: a sweep",
       .value_text = "N[,M,...]",
       .required = true,
       .comma_separated = true,
       .range = Range{1, most_workers}},
      {.name = "--run-dir",
       .place = &arguments->run_directory,
       .help = "Where to leave the results (default: runs/NAME-simulated-N; in a sweep -N is "
               "appended)"},
      {.name = "--overwrite",
       .place = &arguments->overwrite,
       .help = "Replace an earlier run's files, and the CSV file"},
      {.name = "--csv", .place = &arguments->csv, .help = "Write the table to a CSV file, too"},
      {.name = "--like",
       .place = &arguments->like,
       .help = "Take each worker's times of steps and exchanges from this run directory's history, "
               "not from [simulate]",
       .value_text = "RUN"},
      {.name = "--timing-only",
       .place = &arguments->timing_only,
       .help = "Project times and staleness alone: no weights, no run directory"},
      {.name = "--threads",
       .place = &arguments->threads,
       .help = "Cores to compute on; changes no result",
       .value_text = "N",
       .range = Range{1, 4096}}};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  const auto going_on = going_on_arguments(arguments->resume, arguments->max_time);
  command.arguments.insert(command.arguments.end(), going_on.begin(), going_on.end());
  return command;
}

}  // namespace tusk::cli
