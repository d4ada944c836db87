// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <span>
#include <utility>
#include <vector>

#include "mpi/communicator.hpp"
#include "run/records/node_sum.hpp"
#include "run/records/report.hpp"

namespace tusk::records {

// Sends messages of one kind to rank 0: a worker's reports, or a relay's notices and sums. Does not
// wait for them to arrive; only the object's end does.
class ReportSender {
 public:
  // `communicator` must outlive the object. All that is sent on it are reports, each kind to a
  // receiver of its own.
  explicit ReportSender(const mpi::Communicator& communicator) : communicator_(communicator) {}

  void send(const Report& report);
  void send(const NodeSum& sum);
  std::uint64_t sent() const { return sent_; }  // reports
  std::uint64_t sums_sent() const { return sums_sent_; }

 private:
  void send(std::vector<std::byte> bytes, int tag);

  const mpi::Communicator& communicator_;
  std::vector<mpi::Request> under_way_;
  std::uint64_t sent_ = 0;
  std::uint64_t sums_sent_ = 0;
};

// The sink of a worker in a job: hands every report to a ReportSender.
class RemoteSink : public ReportSink {
 public:
  explicit RemoteSink(const mpi::Communicator& communicator) : sender_(communicator) {}
  void submit(Report report) override { sender_.send(report); }

 private:
  ReportSender sender_;
};

// The other side, of rank 0 or of a relay: hands messages on as they arrive, each sender's in their
// order. Never waits, not even for the rest of a long message, for which its sender may be needed.
class MessageReceiver {
 public:
  using Take = std::function<void(int source, std::span<const std::byte> bytes)>;

  // `communicator` must outlive the object.
  MessageReceiver(const mpi::Communicator& communicator, int tag, Take take)
      : communicator_(communicator),
        tag_(tag),
        take_(std::move(take)),
        received_(static_cast<std::size_t>(communicator.size())) {}

  bool advance();                                                        // whether one has arrived
  std::span<const std::uint64_t> received() const { return received_; }  // by sender

 private:
  const mpi::Communicator& communicator_;
  int tag_;
  Take take_;
  std::list<mpi::Arrival> arriving_;
  std::vector<std::uint64_t> received_;
};

// A receiver of reports, and one of sums.
MessageReceiver receiver_of_reports(const mpi::Communicator& communicator,
                                    std::function<void(Report report)> take);
MessageReceiver receiver_of_sums(const mpi::Communicator& communicator,
                                 std::function<void(int source, NodeSum sum)> take);

// Rank 0's side in a run with one center: hands the reports that have arrived to the sink and
// returns their number. Does not wait.
std::uint64_t receive_reports(const mpi::Communicator& communicator, ReportSink& sink);

}  // namespace tusk::records
