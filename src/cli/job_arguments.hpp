// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "cli/command.hpp"
#include "cli/context.hpp"

namespace tusk::cli {

// The run directory of the commands that look after a job of tusk submit.
Argument run_argument(std::string& run);

// Collective: what a command does that talks to a batch system, which rank 0 does alone.
// Error(usage) if several processes were started for it.
ExitCode as_one_process(const Context& context, const std::function<void()>& work);

}  // namespace tusk::cli
