// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "tusk/center/center_server.hpp"
#include "tusk/center/center_variable.hpp"
#include "tusk/experiment/trainer_options.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::center {

// What the ranks agreed on. On rank 0 `server` is set and `worker` is not; on the others the
// reverse.
struct Center {
  Transport transport = Transport::automatic;  // the one chosen, never `automatic`
  Consistency consistency = Consistency::snapshot;
  std::unique_ptr<CenterVariable> worker;
  std::unique_ptr<CenterServer> server;
};

// Collective; needs at least two ranks. Allocates the center on rank 0 with `initial` (rank 0's
// values count), exchanges a known sum through it, and restores it. With `automatic`: the first of
// shared (all ranks on one node), rma, message that offers `consistency` and passes. A transport
// that gives a wrong sum or an error is reported with a warning and the next one tried; when it was
// asked for by name that is Error(internal). No answer within 10 s: Error(internal) with the advice
// server.transport = "message". A consistency that the named transport does not offer is
// Error(bad_experiment).
Center make_center(const mpi::Communicator& communicator, std::span<const float> initial,
                   Transport transport, std::optional<Consistency> consistency);

}  // namespace tusk::center
