// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
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
//
// Notices, about checkpoints and signals, wait for nothing.
class Courier {
 public:
  // `node`: this node's ranks, of which it receives; `relays`, to whose rank 0 it sends. Both are
  // for reports alone. `sink` takes them: on rank 0 of the relays; null elsewhere. All must outlive
  // the object. `finished`: workers of the node that had finished before, in a run that goes on.
  Courier(const mpi::Communicator& node, const mpi::Communicator& relays, records::ReportSink* sink,
          std::size_t finished = 0);

  // Receives what has come; returns whether there was anything.
  bool advance();

  void load();
  void add(records::Report report) { loaded_.push_back(std::move(report)); }
  void send();
  void deliver();

  void tell(records::Report notice);  // to rank 0, at once

  // Workers of the node: those who have finished, and those who stand at their gates for this
  // checkpoint.
  std::size_t finished() const { return finished_; }
  std::size_t standing(std::uint64_t checkpoint) const {
    return arrived_at_ == checkpoint ? arrived_ : 0;
  }

  // Reports and notices to rank 0; there, whether of each relay so many have come. Not of all
  // together: a notice of one may overtake a report of another.
  std::uint64_t sent() const { return sender_ ? sender_->sent() : 0; }
  bool has_come(std::span<const std::uint64_t> of_relays) const;

 private:
  // What waits, and what has come from other relays.
  struct Waiting final : records::ReportSink {
    explicit Waiting(Courier& its) : courier(its) {}
    void submit(records::Report report) override;
    Courier& courier;
    std::vector<records::Report> reports{};
  };

  void note(const records::Report& own);

  records::ReportSink* sink_;
  Waiting own_{*this};
  Waiting others_{*this};
  std::size_t finished_;
  std::uint64_t arrived_at_ = 0;  // the checkpoint
  std::size_t arrived_ = 0;
  std::vector<records::Report> loaded_;
  records::ReportReceiver from_node_;
  std::optional<records::ReportSender> sender_;         // elsewhere than on rank 0
  std::optional<records::ReportReceiver> from_relays_;  // there
};

}  // namespace tusk::relay
