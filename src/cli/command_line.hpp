// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace tusk::cli {

struct Program {
  std::string name;
  std::string help;
  std::string version;
  std::string example;  // the end of the help text
  std::vector<Command> commands;
};

// What a command line asks for.
struct Request {
  const Command* command = nullptr;  // of the program's; none: print the text
  std::string text = {};             // help or version
};

// Reads the command line: the values of the arguments go to their places. Throws Error(usage), one
// line that says where help is to be found.
Request read_command_line(const Program& program, int argc, char** argv);

}  // namespace tusk::cli
