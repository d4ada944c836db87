// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace tusk::experiment {

// What the source of a value begins with that the command line gave: "--set trainer.epochs=3".
inline constexpr std::string_view command_line_sign = "--";

// A table whose only value, called `key`, is what the text says in TOML, or the text itself where
// it is no value: what is given for an option on the command line. Messages call it `source`, which
// begins with command_line_sign. Error(bad_experiment) if it is not UTF-8.
toml::table value_table(std::string_view key, std::string_view text, const std::string& source);

// Puts the value of "key=value" in its place in `root`, making the tables on the way. Throws
// Error(usage) without a key and '=', Error(bad_experiment) if the way leads through something that
// is not a table, or past an array's end.
void apply_override(toml::table& root, std::string_view override);

}  // namespace tusk::experiment
