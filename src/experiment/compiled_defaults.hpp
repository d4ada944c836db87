// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <toml++/toml.h>

#include <string>

#include "experiment/read_experiment.hpp"

namespace tusk::experiment {

// Puts into `root`, a whole experiment, what it leaves to the file of [model]: loss, metrics and
// outputs if it names neither a loss nor a loss of an output, the optimizer if it names none. Keys
// that it has stay as they are. `file` is the experiment's, for messages. Error(bad_experiment) if
// the model's file does not have what is needed either.
void add_compiled(toml::table& root, const std::string& file, const ReadCompiled& read_compiled);

}  // namespace tusk::experiment
