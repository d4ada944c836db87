// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/extensions.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::cli {

// What every command works with; both outlive it.
struct Context {
  const mpi::Communicator& world;
  const Extensions& extensions;  // what the program has beyond Tusk
};

}  // namespace tusk::cli
