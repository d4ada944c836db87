// SPDX-License-Identifier: Apache-2.0
// The one source that knows CLI11.
#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <type_traits>

#include "core/near_miss.hpp"
#include "data/hdf5/dataset_name.hpp"

namespace tusk::cli {
namespace {

CLI::Option* add_place(CLI::App& app, const Argument& argument) {
  return std::visit(
      [&](auto* place) {
        if constexpr (std::is_same_v<decltype(place), bool*>) {
          return app.add_flag(argument.name, *place, argument.help);
        } else {
          return app.add_option(argument.name, *place, argument.help);
        }
      },
      argument.place);
}

CLI::Validator dataset_name() {
  return {[](std::string& text) {
            return hdf5::can_name_dataset(text)
                       ? std::string()
                       : fmt::format("expected the name of a data set, got '{}'", text);
          },
          "NAME"};
}

CLI::Validator one_character() {
  return {[](std::string& text) {
            return text.size() == 1 ? std::string()
                                    : fmt::format("expected one character, got '{}'", text);
          },
          "CHARACTER"};
}

CLI::Validator choice(const Argument& argument) {
  if (!std::holds_alternative<int*>(argument.place)) return CLI::IsMember(argument.one_of);
  std::vector<int> numbers;
  for (const std::string& text : argument.one_of) numbers.push_back(std::stoi(text));
  return CLI::IsMember(numbers);
}

CLI::Validator within(const Argument& argument) {
  const auto [least, most] = *argument.range;
  if (!std::holds_alternative<double*>(argument.place)) return CLI::Range(least, most);
  return CLI::Range(static_cast<double>(least), static_cast<double>(most));
}

void add_checks(CLI::Option& option, const Argument& argument) {
  if (!argument.synonyms.empty()) option.transform(CLI::Transformer(argument.synonyms));
  if (argument.is_time) {
    option.transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"ms", 1e-3}, {"s", 1.0}},
                                           CLI::AsNumberWithUnit::UNIT_REQUIRED));
  }
  if (std::holds_alternative<char*>(argument.place)) option.check(one_character());
  if (argument.is_dataset_name) option.check(dataset_name());
  if (!argument.one_of.empty()) option.check(choice(argument));
  if (argument.range) option.check(within(argument));
}

void add_argument(CLI::App& app, const Argument& argument) {
  CLI::Option& option = *add_place(app, argument);
  option.required(argument.required);
  if (argument.comma_separated) option.delimiter(',');
  if (argument.one_word) option.allow_extra_args(false);
  if (argument.shows_default) option.capture_default_str();
  if (!argument.group.empty()) option.group(argument.group);
  if (!argument.value_type.empty()) option.type_name(argument.value_type);
  if (!argument.value_text.empty()) option.option_text(argument.value_text);
  if (!argument.name.starts_with('-')) option.option_text(" ");
  add_checks(option, argument);
}

void add_command(CLI::App& app, const Command& command) {
  CLI::App& sub = *app.add_subcommand(command.name, command.help);
  sub.footer(command.example);
  for (const Argument& argument : command.arguments) add_argument(sub, argument);
}

std::vector<std::string> command_names(const Program& program) {
  std::vector<std::string> names;
  for (const Command& command : program.commands) names.push_back(command.name);
  return names;
}

// What is wrong with the command line, in one line that says where help is to be found.
std::string usage_message(const Program& program, const CLI::App& app,
                          const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) {
    const auto rest = app.remaining();
    if (rest.empty()) return "which command? (see tusk --help)";
    return fmt::format("unknown command or option '{}'{} (see tusk --help)", rest.front(),
                       did_you_mean(rest.front(), command_names(program)));
  }
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  if (message.starts_with("The ")) message[0] = 't';
  return fmt::format("{} (see tusk {} --help)", message, chosen.front()->get_name());
}

}  // namespace

Request read_command_line(const Program& program, int argc, char** argv) {
  CLI::App app(program.help, program.name);
  app.set_version_flag("--version", program.version);
  app.footer(program.example);
  app.require_subcommand(1);
  for (const Command& command : program.commands) add_command(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return {.text = chosen.empty() ? app.help() : chosen.front()->help(app.get_name())};
  } catch (const CLI::CallForVersion& version) {
    return {.text = fmt::format("{}\n", version.what())};
  } catch (const CLI::ParseError& error) {
    throw Error(ExitCode::usage, usage_message(program, app, error));
  }
  const std::string chosen = app.get_subcommands().front()->get_name();
  return {.command = &*std::ranges::find(program.commands, chosen, &Command::name)};
}

}  // namespace tusk::cli
