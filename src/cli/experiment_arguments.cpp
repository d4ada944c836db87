// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment_arguments.hpp"

#include "core/units.hpp"
#include "experiment/read_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/read_compiled.hpp"

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
       .one_word = true},
      {.name = "--fold",
       .place = &arguments.fold,
       .help = "Validate with the second of five equal shares of the training rows, as data.fold",
       .value_text = "2/5"}};
}

std::vector<Argument> going_on_arguments(std::string& resume, std::string& max_time) {
  return {{.name = "--resume",
           .place = &resume,
           .help = "What an unfinished run in the run directory means: auto: goes on from its last "
                   "checkpoint; never: refuses; or a checkpoint to go on from",
           .value_text = "auto|never|PATH"},
          {.name = "--max-time",
           .place = &max_time,
           .help = "Stop with a checkpoint and exit code 85, so that the process ends in this time",
           .value_text = "TIME, as 90s, 30m or 23h"}};
}

std::optional<std::chrono::steady_clock::time_point> stop_by(const Context& context,
                                                             const std::string& max_time) {
  if (max_time.empty()) return std::nullopt;
  using Clock = std::chrono::steady_clock;
  return mpi::collectively(context.world, [&] {
    const auto seconds = parse_duration(max_time);
    if (!seconds) {
      fail(ExitCode::usage, "--max-time {}: it takes a time, as 90s, 30m or 23h", max_time);
    }
    // No more than a hundred years, which the clock can count.
    const std::chrono::duration<double> time(std::min(*seconds, 100.0 * 365.0 * 86400.0));
    return std::optional(context.start + std::chrono::duration_cast<Clock::duration>(time));
  });
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
    std::vector<std::string> overrides = arguments.overrides;
    if (!arguments.fold.empty()) overrides.push_back("data.fold=" + arguments.fold);
    experiment = experiment::read_experiment(
        text, arguments.file, overrides, context.extensions, [&](const std::string& path) {
          return formats::read_compiled_options(path, context.extensions);
        });
  });
  return experiment;
}

}  // namespace tusk::cli
