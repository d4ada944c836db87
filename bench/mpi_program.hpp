// SPDX-License-Identifier: Apache-2.0
// What the programs that measure under mpirun have in common.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "tusk/error.hpp"
#include "tusk/named.hpp"

namespace tusk::bench {

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// The values of an option, by name.
template <NamedEnum Enum>
std::map<std::string, Enum> choices() {
  std::map<std::string, Enum> all;
  for (const Named<Enum>& named : names_of(Enum{})) all.emplace(named.name, named.value);
  return all;
}

// main(): parses the arguments and measures, between MPI's start and end. Rank 0 prints the help.
inline int run_program(int argc, char** argv, CLI::App& app,
                       const std::function<void(const mpi::Communicator& world)>& measure) {
  const auto abort = [](const Error& error) {
    print_error(error.what());
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(error.code()));
  };
  std::optional<mpi::Environment> environment;
  try {
    environment.emplace(argc, argv, abort);
  } catch (const Error& error) {
    print_error(error.what());
    return static_cast<int>(error.code());
  }
  try {
    const auto world = mpi::Communicator::world();
    try {
      app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      if (world.rank() == 0) fmt::print("{}", app.help());
      return 0;
    }
    measure(world);
  } catch (const CLI::Error& error) {
    print_error(error.what());
    return static_cast<int>(ExitCode::usage);
  } catch (const Error& error) {
    abort(error);
  }
  return 0;
}

}  // namespace tusk::bench
