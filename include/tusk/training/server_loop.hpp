// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/training/report_messages.hpp"

namespace tusk::center {
class CenterServer;
}

namespace tusk::training {

class Coordinator;

// A worker's way to rank 0: reports go out as messages, nothing waits for them but the end.
class RemoteSink : public ReportSink {
 public:
  explicit RemoteSink(const mpi::Communicator& communicator) : sender_(communicator) {}
  void submit(Report report) override { sender_.send(report); }

 private:
  ReportSender sender_;
};

// Rank 0's loop: turns the center's transport, takes reports, validates in slices and sleeps when
// there is nothing to do, until every worker has finished and everything is validated.
void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator);

// The loop of a server of one shard, which does the same for its transport until `over` is done.
void serve_shard(center::CenterServer& server, mpi::Request& over);

}  // namespace tusk::training
