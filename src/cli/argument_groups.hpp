// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"

// What the lists of arguments of one command have in common, where several files have parts of it.
namespace tusk::cli {

// The names that an argument takes.
template <typename Value>
std::vector<std::string> names_of(const std::map<std::string, Value>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices) names.push_back(name);
  return names;
}

// Adds arguments that stand under a heading in the help text.
inline void add(std::vector<Argument>& all, const char* group, std::vector<Argument> arguments) {
  for (Argument& argument : arguments) {
    argument.group = group;
    all.push_back(std::move(argument));
  }
}

// An argument that takes a list in one word.
inline Argument list(const char* name, std::vector<std::string>& values, const char* help,
                     const char* value_text = "COLUMN,...") {
  return {.name = name,
          .place = &values,
          .help = help,
          .value_text = value_text,
          .comma_separated = true,
          .one_word = true};
}

}  // namespace tusk::cli
