// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace tusk::experiment {

// What the source of a value begins with that an override gave: "--set trainer.epochs=3".
inline constexpr std::string_view override_option = "--set ";

// Puts the value of "key=value" in its place in `root`, making the tables on the way. Throws
// Error(usage) without a key and '=', Error(bad_experiment) if the way leads through something that
// is not a table, or past an array's end.
void apply_override(toml::table& root, std::string_view override);

}  // namespace tusk::experiment
