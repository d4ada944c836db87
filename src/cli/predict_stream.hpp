// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/context.hpp"
#include "tusk/error.hpp"

namespace tusk::cli {

struct DataArguments;

// The options of `tusk predict --stream`.
struct StreamArguments {
  bool enabled = false;
  std::string format = "auto";
  double max_wait_s = 0.05;
  std::size_t max_batch = 256;
};

// How the command line gives them. `arguments` must outlive what is returned.
std::vector<Argument> stream_arguments(StreamArguments& arguments);

// Collective. Answers the lines of stdin on stdout until the one ends or nobody reads the other.
// Throws mpi::CollectiveError, also Error(usage) on several ranks.
ExitCode predict_stream(const Context& context, const DataArguments& data,
                        const StreamArguments& arguments);

}  // namespace tusk::cli
