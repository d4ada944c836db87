// SPDX-License-Identifier: Apache-2.0
#include "cli/run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "core/near_miss.hpp"
#include "core/version.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

// Every command of the program, in the order of the help text.
constexpr std::array add_commands{&add_train,    &add_evaluate, &add_predict, &add_convert,
                                  &add_simulate, &add_inspect,  &add_check,   &add_info};

constexpr const char* program_example =
    "Example: one parameter server and four asynchronous workers\n"
    "  mpirun -n 5 tusk train configs/fashion-mnist-adag.toml";

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

// What is wrong with the command line, in one line that says where help is to be found.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) {
    const auto rest = app.remaining();
    if (rest.empty()) return "which command? (see tusk --help)";
    return fmt::format("unknown command or option '{}'{} (see tusk --help)", rest.front(),
                       did_you_mean(rest.front(), command_names(app)));
  }
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  if (message.starts_with("The ")) message[0] = 't';
  return fmt::format("{} (see tusk {} --help)", message, chosen.front()->get_name());
}

// Parses the command line. Returns what to print instead of running a command: help or version.
std::string parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return "";
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app.help() : chosen.front()->help(app.get_name());
  } catch (const CLI::CallForVersion& version) {
    return fmt::format("{}\n", version.what());
  } catch (const CLI::ParseError& error) {
    throw Error(ExitCode::usage, usage_message(app, error));
  }
}

}  // namespace

ExitCode run(int argc, char** argv, const mpi::Communicator& world) {
  Context context{world, {}};
  CLI::App app("Asynchronous distributed training of neural networks on MPI clusters", "tusk");
  app.set_version_flag("--version", fmt::format("tusk {} ({})", version, git_revision));
  app.footer(program_example);
  app.require_subcommand(1);
  for (const auto add_command : add_commands) add_command(app, context);

  std::string text;
  mpi::collectively(world, [&] { text = parse(app, argc, argv); });
  if (context.command) return context.command();
  if (world.rank() == 0) std::fputs(text.c_str(), stdout);
  return ExitCode::done;
}

}  // namespace tusk::cli
