// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <vector>

#include "mpi/communicator.hpp"
#include "run/records/report.hpp"

namespace tusk::records {

// Sends a worker's reports as messages to rank 0. send() does not wait for them to arrive; only the
// object's end does.
class ReportSender {
 public:
  // `communicator`, which must outlive the object, is for reports alone.
  explicit ReportSender(const mpi::Communicator& communicator) : communicator_(communicator) {}

  void send(const Report& report);
  std::uint64_t sent() const { return sent_; }

 private:
  const mpi::Communicator& communicator_;
  std::vector<mpi::Request> under_way_;
  std::uint64_t sent_ = 0;
};

// The sink of a worker in a job: hands every report to a ReportSender.
class RemoteSink : public ReportSink {
 public:
  explicit RemoteSink(const mpi::Communicator& communicator) : sender_(communicator) {}
  void submit(Report report) override { sender_.send(report); }

 private:
  ReportSender sender_;
};

// The other side, of rank 0 or of a relay that sends them on: hands reports to a sink as they
// arrive, each sender's in their order. Never waits, not even for the rest of a long message, for
// which its sender may be needed.
class ReportReceiver {
 public:
  // Both must outlive the object.
  ReportReceiver(const mpi::Communicator& communicator, ReportSink& sink)
      : communicator_(communicator),
        sink_(sink),
        received_(static_cast<std::size_t>(communicator.size())) {}

  bool advance();                                                        // whether one has arrived
  std::span<const std::uint64_t> received() const { return received_; }  // by sender

 private:
  const mpi::Communicator& communicator_;
  ReportSink& sink_;
  std::list<mpi::Arrival> arriving_;
  std::vector<std::uint64_t> received_;
};

// Rank 0's side in a run with one center: hands the reports that have arrived to the sink and
// returns their number. Does not wait.
std::uint64_t receive_reports(const mpi::Communicator& communicator, ReportSink& sink);

}  // namespace tusk::records
