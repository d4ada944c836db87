// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiment/experiment.hpp"

namespace tusk::experiment {

// The experiment as TOML with every default written out and every path absolute: experiment.toml of
// a run directory. Reading it gives an equal experiment (of absolute paths).
std::string to_toml(const Experiment& experiment);

}  // namespace tusk::experiment
