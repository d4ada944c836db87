// SPDX-License-Identifier: Apache-2.0
// A command of the program as data: what it is called, what it takes and what it does.
// command_line.hpp reads a command line by it; nothing else knows the library that does the
// reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tusk/error.hpp"

namespace tusk::cli {

// Where an argument's value goes. A bool is a flag; a vector takes several values.
using Place = std::variant<bool*, int*, double*, char*, std::string*, std::uint64_t*,
                           std::optional<std::string>*, std::optional<std::uint64_t>*,
                           std::vector<std::string>*, std::vector<std::uint64_t>*>;

struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// One argument, named as in "--run-dir", "-o,--output" or, for one that is told by its position,
// "FILE.h5".
struct Argument {
  std::string name;
  Place place;
  std::string help;
  std::string group = {};  // the heading in the help text; none: the first
  std::string value_text =
      {};  // what the help text shows for the value; none: its type and what it may be
  std::string value_type = {};  // what the value is called where it is missing; none: its type
  bool required = false;
  bool shows_default = false;    // in the help text
  bool comma_separated = false;  // several values in one word
  bool one_word = false;         // of several values, only one word after each mention of the name
  std::vector<std::string> one_of = {};
  std::optional<Range> range = {};
  std::map<std::string, std::string> synonyms = {};  // what a text stands for
  bool is_dataset_name = false;                      // refuses what cannot be one
  bool is_time = false;                              // "5ms" or "2s", in seconds
};

struct Command {
  std::string name;
  std::string help;
  std::string example;  // the end of the help text
  std::vector<Argument> arguments;
  std::function<ExitCode()> run;  // on every rank, once the command line is understood
};

}  // namespace tusk::cli
