// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "run/records/node_book.hpp"
#include "run/records/report_messages.hpp"
#include "run/relay/node_notices.hpp"

namespace tusk::relay {

// What a node's workers report, on its way to rank 0, in step with the exchanges of the relay: what
// they tell of is known to rank 0 only when an exchange has carried it to the other nodes. Their
// records go to the node's history (records::NodeBook); rank 0 gets sums.
//
//   load()      at a snapshot: what has come goes with this exchange
//   arrive()    the exchange is done
//   send()      what has arrived goes to rank 0, as one sum; is_time(): once a second
//   say()       how much that is, if it is not sent now
//   deliver()   on rank 0: sums that have come are handed to its sink
//
// Notices, about checkpoints and signals, wait for nothing.
class Courier {
 public:
  // `node`: this node's ranks, of which it receives; `relays`, to whose rank 0 it sends. Both are
  // for reports alone. The sinks take what comes on rank 0 of the relays; null elsewhere. All must
  // outlive the object.
  struct Sinks {
    records::SumSink* sums = nullptr;
    records::ReportSink* notices = nullptr;
  };
  Courier(const mpi::Communicator& node, const mpi::Communicator& relays, records::NodeBook& book,
          const Sinks& sinks);

  // Receives what has come; returns whether there was anything.
  bool advance();

  void load();
  void arrive(const records::MergeRecord& exchange);
  void send();
  void say();
  void deliver();

  // The last of all: what has been told behind the last exchange.
  void send_the_rest();

  // At the cut of a checkpoint, with each worker's place. `own_part`: this rank writes one, too.
  void send_cut(std::uint64_t checkpoint, bool own_part);

  // What a checkpoint keeps, at the cut.
  void keep(State& state) { state("book", book_); }

  void tell(const records::Report& notice);  // to rank 0, at once, or with the others' of the node

  bool is_time() const { return Steady::now() - sent_at_ >= between_sums; }

  // What load() has had and rank 0 has not been sent; and on rank 0, what it knows by words alone.
  records::Untold untold() const {
    return {aboard_.steps + arrived_.steps, aboard_.samples + arrived_.samples};
  }
  records::Untold untold_of_all() const;

  // Workers of the node: those who have finished, and those who stand at their gates for this
  // checkpoint.
  std::size_t finished() const { return book_.finished(); }
  std::size_t standing(std::uint64_t checkpoint) const {
    return stand_at_ == checkpoint ? standing_ : 0;
  }

  // Messages with sums to rank 0; there, whether of each relay so many have come.
  std::uint64_t sent() const { return sender_ ? sender_->sums_sent() : 0; }
  bool has_come(std::span<const std::uint64_t> of_relays) const;

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::seconds between_sums{1};

  void take(records::Report report);
  void send(records::NodeSum sum);
  void receive(std::size_t relay, records::NodeSum sum);

  records::NodeBook& book_;
  Sinks sinks_;
  NodeNotices notices_;
  std::uint64_t stand_at_ = 0;  // the checkpoint
  std::size_t standing_ = 0;
  records::NodeSum aboard_;
  records::NodeSum arrived_;
  Steady::time_point sent_at_ = Steady::now();
  records::MessageReceiver from_node_;
  std::optional<records::ReportSender> sender_;  // elsewhere than on rank 0

  // On rank 0.
  std::vector<records::NodeSum> come_;   // to be delivered
  std::vector<records::Untold> untold_;  // by relay
  std::optional<records::MessageReceiver> notices_of_relays_;
  std::optional<records::MessageReceiver> sums_of_relays_;
};

}  // namespace tusk::relay
