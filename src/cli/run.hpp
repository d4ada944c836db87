// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::cli {

// Collective. Reads the command line and runs the command it names. --help and --version print on
// rank 0. Throws mpi::CollectiveError(usage) for a command line that is not understood, and
// whatever the command throws.
ExitCode run(int argc, char** argv, const mpi::Communicator& world);

}  // namespace tusk::cli
