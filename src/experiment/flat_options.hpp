// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace tusk::experiment {

// The options of an experiment by their full keys, as --set takes them, with their values as TOML:
// "model.layers.0.units" has "64". Lists of tables are taken apart, other lists are one value.
// `toml` is what to_toml() has written.
std::map<std::string, std::string> flat_options(const std::string& toml);

}  // namespace tusk::experiment
