// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/context.hpp"

namespace tusk::cli {

// A command is one source file of this folder with one function, which describes it: its arguments,
// its help with an example, and what it does. To add one: write the file, declare its function
// here, add it to the list in run.cpp.
//
// The command runs on every rank. It reports by throwing Error, inside mpi::collectively() while
// the ranks can still agree; it writes to stdout on rank 0 only; it returns `done` or `requeue`.
Command cancel_command(const Context& context);
Command check_command(const Context& context);
Command convert_command(const Context& context);
Command evaluate_command(const Context& context);
Command export_command(const Context& context);
Command fetch_command(const Context& context);
Command info_command(const Context& context);
Command inspect_command(const Context& context);
// It prints what `program` says of all commands, its own included.
Command manual_command(const Context& context, const std::function<Program()>& program);
Command predict_command(const Context& context);
Command simulate_command(const Context& context);
Command status_command(const Context& context);
Command submit_command(const Context& context);
Command train_command(const Context& context);

}  // namespace tusk::cli
