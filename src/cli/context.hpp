// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "tusk/extensions.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::cli {

// What every command works with; what is referred to outlives it.
struct Context {
  const mpi::Communicator& world;
  const Extensions& extensions;  // what the program has beyond Tusk
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();  // of the process
};

}  // namespace tusk::cli
