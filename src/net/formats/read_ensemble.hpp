// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tusk::formats {

// The model files that an ensemble's manifest (ensemble.json, which the training of an ensemble
// writes) names from its own folder. Throws Error(no_input), or Error(bad_data), which names the
// manifest.
std::vector<std::string> read_ensemble(const std::string& path);

}  // namespace tusk::formats
