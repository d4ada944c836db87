// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tusk/mpi/communicator.hpp"
#include "tusk/training/report.hpp"

namespace tusk::center {
class CenterServer;
}

namespace tusk::training {

class Coordinator;

// A worker's way to rank 0: reports go out as messages, nothing waits for them but the end.
class RemoteSink : public ReportSink {
 public:
  explicit RemoteSink(const mpi::Communicator& communicator) : communicator_(communicator) {}
  void submit(Report report) override;

 private:
  const mpi::Communicator& communicator_;
  std::vector<mpi::Request> under_way_;
};

// Rank 0's loop: turns the center's transport, takes reports, validates in slices and sleeps when
// there is nothing to do, until every worker has finished and everything is validated.
void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator);

}  // namespace tusk::training
