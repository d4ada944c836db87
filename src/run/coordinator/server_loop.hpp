// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::center {
class CenterServer;
}

namespace tusk::records {
class ReportSink;
}

namespace tusk::mpi {
class Communicator;
class Request;
}  // namespace tusk::mpi

namespace tusk::coordinator {

class Coordinator;

// What rank 0 does beside serving.
class Duty {
 public:
  virtual ~Duty() = default;
  virtual bool advance() = 0;  // returns whether there is more to do before the run may end
  virtual bool over() = 0;     // whether the run is to end now
};

// The loop of rank 0 in a run with a server: lets the center's transport make progress
// (CenterServer::progress), takes reports, validates in slices of about a millisecond, and sleeps
// when there is nothing to do, until every worker has finished and everything is validated.
// `reports` takes the workers' reports: the coordinator, or what stands before it; `duty` may be
// null.
void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator, records::ReportSink& reports, Duty* duty);

// The loop of the server of one shard, on ranks 1 to S − 1: lets the transport make progress, and
// sleeps, until `over` is done.
void serve_shard(center::CenterServer& server, mpi::Request& over);

}  // namespace tusk::coordinator
