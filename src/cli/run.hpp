// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "tusk/error.hpp"

namespace tusk::cli {

// Collective. Checks the names of the extensions, reads the command line and runs the command it
// names. --help and --version print on rank 0. Throws mpi::CollectiveError(usage) for extensions
// that check_names() refuses and for a command line that is not understood, and whatever the
// command throws.
ExitCode run(int argc, char** argv, const Context& context);

}  // namespace tusk::cli
