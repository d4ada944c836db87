// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/program_text.hpp"

namespace tusk::cli {
namespace {

std::vector<std::string> all_options(const Command& command) {
  std::vector<std::string> all{"--help"};
  for (const Argument& argument : command.arguments) {
    for (const std::string& name : options_of(argument)) all.push_back(name);
  }
  return all;
}

// For a word in single quotes of a shell's.
std::string in_quotes(const std::string& text) { return replaced(text, "'", "'\\''"); }

// For the explanation and the message of a specification of zsh's _arguments.
std::string in_specification(std::string text) {
  for (const char* special : {"\\", "[", "]", ":"}) {
    text = replaced(std::move(text), special, std::string("\\") + special);
  }
  return in_quotes(text);
}

std::string zsh_specification(const Argument& argument, const std::string& name) {
  const std::string help = in_specification(argument.help);
  if (is_flag(argument)) return fmt::format("'{}[{}]'", name, help);
  const std::string action =
      argument.one_of.empty() ? "_files" : fmt::format("({})", fmt::join(argument.one_of, " "));
  const bool several = argument.one_word || argument.comma_separated;
  return fmt::format("'{}{}[{}]:{}:{}'", several ? "*" : "", name, help,
                     in_specification(value_of(argument)), action);
}

}  // namespace

std::string bash_completion(const Program& program) {
  std::string commands;
  std::string options;
  std::string values;
  for (const Command& command : program.commands) {
    commands += " " + command.name;
    options +=
        fmt::format("    {}) words='{}' ;;\n", command.name, fmt::join(all_options(command), " "));
    for (const Argument& argument : command.arguments) {
      if (argument.one_of.empty()) continue;
      for (const std::string& name : options_of(argument)) {
        values += fmt::format("    '{} {}') words='{}' choice=yes ;;\n", command.name, name,
                              fmt::join(argument.one_of, " "));
      }
    }
  }
  return fmt::format(R"(# bash completion of {0}, made by: {0} manual bash
_{0}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command= words= choice= i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if [[ ${{COMP_WORDS[i]}} != -* ]]; then
      command=${{COMP_WORDS[i]}}
      break
    fi
  done
  case $command in
    '') words='{1} --help --version' choice=yes ;;
{2}  esac
  case "$command $before" in
    ' ') ;;
{3}  esac
  COMPREPLY=()
  # Everything else is a file, which bash completes by itself.
  if [[ $choice || $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  fi
}}
complete -o default -F _{0} {0}
)",
                     program.name, commands.substr(1), options, values);
}

std::string zsh_completion(const Program& program) {
  std::string commands;
  std::string cases;
  for (const Command& command : program.commands) {
    commands += fmt::format("    '{}:{}'\n", command.name, in_quotes(command.help));
    cases += fmt::format(
        "        {})\n          _arguments '--help[Print this command'\\''s help]'", command.name);
    for (const Argument& argument : command.arguments) {
      for (const std::string& name : options_of(argument)) {
        cases += " \\\n            " + zsh_specification(argument, name);
      }
    }
    cases += " \\\n            '*:file:_files' ;;\n";
  }
  return fmt::format(R"(#compdef {0}
# zsh completion of {0}, made by: {0} manual zsh
_{0}() {{
  local state
  local -a commands
  commands=(
{1}  )
  _arguments -C '(- *)--help[Print help]' '(- *)--version[Print the version]' '1:command:->command' '*::argument:->arguments'
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $words[1] in
{2}      esac ;;
  esac
}}
_{0} "$@"
)",
                     program.name, commands, cases);
}

}  // namespace tusk::cli
