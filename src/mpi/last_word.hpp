// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "mpi/rma_window.hpp"

namespace tusk::mpi {

class Communicator;

// Who reports the error that ends the job. Many ranks may meet one at once, each by itself, as a
// loss that is not finite; the user is to see one line. The ranks of a node share a flag, and the
// first to claim it speaks. Nodes, and ranks where MPI shares no memory (Open MPI with --mca osc
// pt2pt), take turns of 50 ms, so that the first speaker has taken the others down before theirs.
class LastWord {
 public:
  // Collective, as is the object's end.
  explicit LastWord(const Communicator& world);

  // Whether this rank is to speak: waits for its turn. Calls nothing of MPI, so that it answers on
  // any thread, whatever the other ranks are doing.
  bool claim();

 private:
  std::optional<RmaWindow> flag_;
  std::chrono::milliseconds turn_{};
};

}  // namespace tusk::mpi
