// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "run/records/report_messages.hpp"

namespace tusk::center {
class ControlBoard;
}

namespace tusk::coordinator {

class Coordinator;

// The sink of a worker among peers. Rank 0, a worker like the others, hands its own reports to the
// coordinator and takes the others' messages whenever it submits one. At the end of every pass all
// meet: rank 0 waits for every report, validates the model while the replicas are equal, and passes
// its orders (stop, learning-rate scale) on to everyone, so that all obey them at the same window.
class MeetingSink final : public records::ReportSink {
 public:
  // Rank 0's side, if this is rank 0: where the coordinator leaves its orders.
  struct Head {
    Coordinator& coordinator;
    records::ReportSink& reports;  // takes them: the coordinator, or what stands before it
    center::ControlBoard& orders;
  };

  // `head` is null on the other ranks. `board` is this worker's own. All must outlive the object.
  MeetingSink(const mpi::Communicator& communicator, Head* head, center::ControlBoard& board)
      : communicator_(communicator), head_(head), board_(board), sender_(communicator) {}

  void submit(records::Report report) override;

  // Collective.
  void end_pass() override;

  // Collective: rank 0 has all that anyone has submitted.
  void drain();

  // Rank 0: takes what has arrived.
  void receive();

 private:
  void pass_orders_on();

  const mpi::Communicator& communicator_;
  Head* head_;
  center::ControlBoard& board_;
  records::ReportSender sender_;
  std::uint64_t received_ = 0;  // by rank 0
};

}  // namespace tusk::coordinator
