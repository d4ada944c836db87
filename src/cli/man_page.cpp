// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <sstream>
#include <utility>

#include "cli/program_text.hpp"

namespace tusk::cli {
namespace {

// A line of text, of which roff takes nothing for its own.
std::string roff(const std::string& text) {
  std::string line = replaced(replaced(text, "\\", "\\e"), "-", "\\-");
  if (line.starts_with('.') || line.starts_with('\'')) line = "\\&" + line;
  return line;
}

std::string literal_lines(const std::string& text) {
  std::string lines = ".nf\n";
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines += (line.empty() ? ".sp" : roff(line)) + "\n";
  return lines + ".fi\n";
}

std::string argument_entry(const Argument& argument) {
  std::string head;
  for (const std::string& name : options_of(argument)) {
    head += (head.empty() ? "" : ", ") + fmt::format("\\fB{}\\fR", roff(name));
  }
  if (head.empty()) head = fmt::format("\\fI{}\\fR", roff(argument.name));
  const std::string value = options_of(argument).empty() ? "" : value_of(argument);
  if (!value.empty()) head += fmt::format(" \\fI{}\\fR", roff(value));
  return fmt::format(".TP\n{}\n{}\n", head, roff(argument.help));
}

std::string command_section(const std::string& program, const Command& command) {
  std::string positions;
  for (const Argument& argument : command.arguments) {
    if (options_of(argument).empty()) positions += fmt::format(" \\fI{}\\fR", roff(argument.name));
  }
  std::string text = fmt::format(".SS \\fB{} {}\\fR{} [\\fIoptions\\fR]\n{}.\n", program,
                                 command.name, positions, roff(command.help));
  for (const Argument& argument : command.arguments) text += argument_entry(argument);
  return text + ".PP\n" + literal_lines(command.example);
}

constexpr std::array<std::pair<ExitCode, const char*>, 11> codes{
    {{ExitCode::done, "done"},
     {ExitCode::usage, "the command line is wrong"},
     {ExitCode::bad_data, "a data set or model is malformed"},
     {ExitCode::no_input, "an input is missing"},
     {ExitCode::internal, "an internal error, or too little memory"},
     {ExitCode::cannot_create, "an output cannot be created"},
     {ExitCode::io_error, "reading or writing failed, or a disk is full"},
     {ExitCode::bad_experiment, "the experiment file is wrong"},
     {ExitCode::requeue, "stopped with a checkpoint: the same command goes on"},
     {ExitCode::diverged, "the training has become NaN or infinite"},
     {ExitCode::stalled, "no progress"}}};

}  // namespace

std::string man_page(const Program& program) {
  std::string text =
      fmt::format(".TH TUSK 1 \"\" \"{}\" \"User Commands\"\n", roff(program.version));
  text += fmt::format(".SH NAME\n{} \\- {}\n", program.name, roff(program.help));
  text += fmt::format(
      ".SH SYNOPSIS\n\\fB{0}\\fR \\fIcommand\\fR [\\fIarguments\\fR]\n.br\n"
      "\\fBmpirun \\-n\\fR \\fIranks\\fR \\fB{0}\\fR \\fIcommand\\fR [\\fIarguments\\fR]\n",
      program.name);
  text += ".SH DESCRIPTION\n" + literal_lines(program.example);
  text += ".SH COMMANDS\nEvery command has \\fB\\-\\-help\\fR.\n";
  for (const Command& command : program.commands) text += command_section(program.name, command);
  text += ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : codes) {
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", static_cast<int>(code), roff(meaning));
  }
  text +=
      ".SH ENVIRONMENT\n.TP\n\\fBSLURM_JOB_END_TIME\\fR\n"
      "Set by Slurm: a training stops with a checkpoint shortly before it.\n";
  return text;
}

}  // namespace tusk::cli
