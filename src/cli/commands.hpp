// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::cli {

// A command is one source file of this folder with one function, which describes it: its arguments,
// its help with an example, and what it does. To add one: write the file, declare its function
// here, add it to the list in run.cpp. `world` outlives the command.
//
// The command runs on every rank. It reports by throwing Error, inside mpi::collectively() while
// the ranks can still agree; it writes to stdout on rank 0 only; it returns `done` or `requeue`.
Command check_command(const mpi::Communicator& world);
Command convert_command(const mpi::Communicator& world);
Command evaluate_command(const mpi::Communicator& world);
Command info_command(const mpi::Communicator& world);
Command inspect_command(const mpi::Communicator& world);
Command predict_command(const mpi::Communicator& world);
Command simulate_command(const mpi::Communicator& world);
Command train_command(const mpi::Communicator& world);

}  // namespace tusk::cli
