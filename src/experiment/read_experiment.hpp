// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiment/experiment.hpp"
#include "options/extensions.hpp"

namespace tusk::experiment {

// The text of an experiment file. Throws Error(no_input) if it cannot be opened, Error(io_error) if
// it cannot be read, Error(bad_experiment) if it is far too large to be one.
std::string read_text(const std::string& path);

// The experiment that `text` (TOML) describes after `overrides`, each "key=value" as --set takes
// them: the key with dots, as in model.layers.0.units; the value read as TOML, else as a string.
// `file_name` appears in the messages. Paths stay as they were written. Objects of
// `extensions` go by their plain names; the experiment refers to their kinds.
//
// Throws Error(bad_experiment) for anything that is not understood: syntax, an unknown key, a wrong
// type, a value out of range, a missing or conflicting key. The message names the file, line and
// column, or the --set option, and what was expected. Throws Error(usage) for an override without a
// key and '='.
Experiment read_experiment(std::string_view text, std::string_view file_name,
                           const std::vector<std::string>& overrides = {},
                           const Extensions& extensions = {});

}  // namespace tusk::experiment
