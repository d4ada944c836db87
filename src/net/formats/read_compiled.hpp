// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiment/compiled_options.hpp"
#include "tusk/extensions.hpp"

namespace tusk::formats {

// What the model file of an experiment was compiled or trained with (cli calls it for an experiment
// that leaves it to the file). Weights are not read. Metrics that Tusk does not have are warned of.
// Error(no_input), or Error(bad_data) as load_model().
CompiledOptions read_compiled_options(const std::string& path, const Extensions& extensions);

}  // namespace tusk::formats
