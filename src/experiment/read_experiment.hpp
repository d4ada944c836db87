// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/compiled_options.hpp"
#include "experiment/experiment.hpp"
#include "tusk/extensions.hpp"

// Experiments as TOML. Reading, in order: cli/experiment_arguments.cpp calls read_text() on rank 0
// and read_experiment() with the text on all ranks; overrides puts the values of --set in their
// places; TableReader goes through describe() (room options) and reads each option by read_value
// and toml_value, which make the messages. Writing: to_toml() (write_experiment.hpp), by
// TableWriter. The structs themselves are in *_options.hpp and experiment.hpp, which every room may
// include.
namespace tusk::experiment {

// The text of an experiment file. Throws Error(no_input) if it cannot be opened, Error(io_error) if
// it cannot be read, Error(bad_experiment) if it is far too large to be one.
std::string read_text(const std::string& path);

// Reads what the model file of this path was compiled with (formats::read_compiled_options).
using ReadCompiled = std::function<CompiledOptions(const std::string& path)>;

// The experiment that `text` (TOML) describes after `overrides`, each "key=value" as --set takes
// them: the key with dots, as in model.layers.0.units; the value read as TOML, else as a string.
// `file_name` appears in the messages. Paths stay as they were written. Objects of `extensions` go
// by their plain names; the experiment refers to their kinds. With `read_compiled`, which is called
// only if the experiment leaves something to the file of [model], loss, metrics and optimizer may
// be missing where that has them (compiled_defaults).
//
// Throws Error(bad_experiment) for anything that is not understood: syntax, an unknown key, a wrong
// type, a value out of range, a missing or conflicting key. The message names the file, line and
// column, or the --set option, and what was expected. Throws Error(usage) for an override without a
// key and '='.
Experiment read_experiment(std::string_view text, std::string_view file_name,
                           const std::vector<std::string>& overrides, const Extensions& extensions,
                           const ReadCompiled& read_compiled = nullptr);

}  // namespace tusk::experiment
