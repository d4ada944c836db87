// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/context.hpp"
#include "experiment/experiment.hpp"

namespace tusk::cli {

// The arguments of every command that takes an experiment: EXPERIMENT.toml [--set key=value]…
struct ExperimentArguments {
  std::string file;
  std::vector<std::string> overrides;
};

// How the command line gives them. `arguments` must outlive what is returned.
std::vector<Argument> experiment_arguments(ExperimentArguments& arguments);

// Collective. Rank 0 reads the file, every rank parses the same text. Throws
// mpi::CollectiveError as experiment::read_text and experiment::read_experiment do.
Experiment load_experiment(const Context& context, const ExperimentArguments& arguments);

}  // namespace tusk::cli
