// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "run/records/report_messages.hpp"

namespace tusk::relay {

// The reports of a node's workers on their way to rank 0, in step with the exchanges of the relay:
// what a report tells of is known to rank 0 only when an exchange has carried it to the other
// nodes.
//
//   take()      with each message of the node's workers: they wait
//   load()      at a snapshot: what waits goes with this exchange
//   send()      it goes to rank 0
//   deliver()   on rank 0, once the exchange is done: what has come is handed to its sink
class Courier {
 public:
  // `node`: this node's ranks, of which it receives; `relays`, to whose rank 0 it sends. Both are
  // for reports alone. `sink` takes them: on rank 0 of the relays; null elsewhere. All must outlive
  // the object.
  Courier(const mpi::Communicator& node, const mpi::Communicator& relays,
          records::ReportSink* sink);

  // Receives what has come; returns whether there was anything.
  bool advance();

  void load();
  void add(records::Report report) { loaded_.push_back(std::move(report)); }
  void send();
  void deliver();

  std::size_t finished() const { return own_.finished; }  // workers of the node
  std::uint64_t sent() const { return sender_ ? sender_->sent() : 0; }
  std::uint64_t received() const { return from_relays_ ? from_relays_->received() : 0; }

 private:
  // What waits, and what has come from other relays.
  struct Waiting final : records::ReportSink {
    void submit(records::Report report) override;
    std::vector<records::Report> reports;
    std::size_t finished = 0;
  };

  records::ReportSink* sink_;
  Waiting own_;
  Waiting others_;
  std::vector<records::Report> loaded_;
  records::ReportReceiver from_node_;
  std::optional<records::ReportSender> sender_;         // elsewhere than on rank 0
  std::optional<records::ReportReceiver> from_relays_;  // there
};

}  // namespace tusk::relay
