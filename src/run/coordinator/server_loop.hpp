// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::center {
class CenterServer;
}

namespace tusk::mpi {
class Communicator;
class Request;
}  // namespace tusk::mpi

namespace tusk::coordinator {

class Coordinator;

// Rank 0's loop: turns the center's transport, takes reports, validates in slices and sleeps when
// there is nothing to do, until every worker has finished and everything is validated.
void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator);

// The loop of a server of one shard, which does the same for its transport until `over` is done.
void serve_shard(center::CenterServer& server, mpi::Request& over);

}  // namespace tusk::coordinator
