// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/context.hpp"
#include "experiment/experiment.hpp"

namespace tusk::cli {

// The arguments of every command that takes an experiment: EXPERIMENT.toml [--set key=value]…
// [--fold 2/5]
struct ExperimentArguments {
  std::string file;
  std::vector<std::string> overrides;
  std::string fold;
};

// How the command line gives them. `arguments` must outlive what is returned.
std::vector<Argument> experiment_arguments(ExperimentArguments& arguments);

// --resume and --max-time, for the commands that train.
std::vector<Argument> going_on_arguments(std::string& resume, std::string& max_time);

// Collective: when --max-time, counted from the start of the process, is over; never if it was not
// given. Error(usage).
std::optional<std::chrono::steady_clock::time_point> stop_by(const Context& context,
                                                             const std::string& max_time);

// Collective. Rank 0 reads the file, every rank parses the same text. Throws
// mpi::CollectiveError as experiment::read_text and experiment::read_experiment do.
Experiment load_experiment(const Context& context, const ExperimentArguments& arguments);

}  // namespace tusk::cli
