// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tusk::experiment {

// `text` as a basic string of TOML, with its quotation marks.
std::string quoted_toml(std::string_view text);

// The shortest text that reads as the same number, and as a float of TOML: "1.0", "1e-07".
std::string float_toml(double value);

}  // namespace tusk::experiment
