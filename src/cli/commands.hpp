// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/error.hpp"

namespace CLI {
class App;
}

namespace tusk::mpi {
class Communicator;
}

namespace tusk::cli {

// What a command is given, and where it leaves what is to be done.
struct Context {
  const mpi::Communicator& world;
  std::function<ExitCode()> command;  // run on every rank once the command line is understood
};

// A command is one source file of this folder with one function, which adds a subcommand to `app`:
// its options, its help with an example as the footer, and a callback that sets context.command.
// To add one: write the file, declare its function here, add it to the list in run.cpp.
//
// The command runs on every rank. It reports by throwing Error, inside mpi::collectively() while
// the ranks can still agree; it writes to stdout on rank 0 only; it returns `done` or `requeue`.
void add_check(CLI::App& app, Context& context);
void add_convert(CLI::App& app, Context& context);
void add_evaluate(CLI::App& app, Context& context);
void add_info(CLI::App& app, Context& context);
void add_inspect(CLI::App& app, Context& context);
void add_predict(CLI::App& app, Context& context);
void add_simulate(CLI::App& app, Context& context);
void add_train(CLI::App& app, Context& context);

}  // namespace tusk::cli
