// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"

namespace tusk::cli {

// The program as others want to be told of it, all from the same description that reads the command
// line. `cmake --install` puts them where they are looked for (cmake/Install.cmake).
std::string man_page(const Program& program);         // roff, as man(7) has it
std::string bash_completion(const Program& program);  // a script that bash-completion loads
std::string zsh_completion(const Program& program);   // an autoload function

// "-o,--output" → "-o", "--output"; "FILE.h5" → nothing: it is told by its position.
std::vector<std::string> options_of(const Argument& argument);
bool is_flag(const Argument& argument);

// What stands for an option's value: "KEY=VALUE", "srun|mpirun"; nothing for a flag.
std::string value_of(const Argument& argument);

// A text with every `from` replaced by `to`.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace tusk::cli
