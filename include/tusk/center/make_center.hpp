// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "tusk/center/center_server.hpp"
#include "tusk/center/center_variable.hpp"
#include "tusk/experiment/server_options.hpp"
#include "tusk/experiment/trainer_options.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::center {

// What the ranks agreed on. On rank 0 `server` is set and `worker` is not; on the others the
// reverse: rank r is worker r − 1. Its end is collective.
struct Center {
  Transport transport = Transport::automatic;  // the one chosen, never `automatic`
  Consistency consistency = Consistency::snapshot;
  std::unique_ptr<CenterVariable> worker;
  std::unique_ptr<CenterServer> server;
};

// Collective; needs at least two ranks. Opens the center on rank 0 with rank 0's values of
// `initial` (the others give as many). Before that the transport has to pass the self-test: all
// workers exchange a known sum through a small center of the same kind.
//
// With `automatic`: the first of shared (if all ranks are on one node), rma, message that offers
// `consistency` (nothing: the strongest that the transport has) and passes. A transport that gives
// a wrong sum or an error is reported with a warning and the next one tried; one that was asked for
// by name is Error(internal). No answer within 10 s ends the job through mpi::Deadline, with exit
// code 70 and the advice server.transport = "message", because a stuck MPI call cannot be left.
//
// A consistency that no candidate offers is Error(bad_experiment), on every rank, as is "shared"
// when the ranks are on several nodes, and compression with another transport than "message", which
// it chooses. The choice is logged.
Center make_center(const mpi::Communicator& communicator, std::span<const float> initial,
                   const ServerOptions& options, std::optional<Consistency> consistency);

}  // namespace tusk::center
