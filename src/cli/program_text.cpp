// SPDX-License-Identifier: Apache-2.0
#include "cli/program_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace tusk::cli {

std::vector<std::string> options_of(const Argument& argument) {
  std::vector<std::string> names;
  if (!argument.name.starts_with('-')) return names;
  std::istringstream in(argument.name);
  for (std::string name; std::getline(in, name, ',');) names.push_back(name);
  return names;
}

bool is_flag(const Argument& argument) { return std::holds_alternative<bool*>(argument.place); }

std::string value_of(const Argument& argument) {
  if (is_flag(argument)) return {};
  if (!argument.one_of.empty()) return fmt::format("{}", fmt::join(argument.one_of, "|"));
  if (!argument.value_text.empty()) return argument.value_text;
  return argument.value_type.empty() ? "VALUE" : argument.value_type;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace tusk::cli
