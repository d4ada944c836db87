// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "exchange/center/control_board.hpp"
#include "mpi/communicator.hpp"

namespace tusk::relay {

// Rank 0's board in a tree of centers: what is stored there, an order to all workers, is stored on
// the board of its own node and sent to the other relays, which store it on theirs (OrderReceiver),
// at once, whatever exchange is under way. Reading and adding concern its own node alone.
class OrderBoard final : public center::ControlBoard {
 public:
  // Both must outlive the object; `relays` is for orders alone.
  OrderBoard(center::ControlBoard& own, const mpi::Communicator& relays)
      : ControlBoard(own.workers()), own_(own), relays_(relays) {}

  void read(center::Cell first, std::span<std::int64_t> values) override {
    own_.read(first, values);
  }
  void store(center::Cell cell, std::int64_t value) override;
  std::int64_t fetch_add(center::Cell cell, std::int64_t value) override {
    return own_.fetch_add(cell, value);
  }

  // Asks the relays for the sums of their nodes.
  void ask_for_sums();

  // Tells the relays that no worker trains any more; and that no order comes any more.
  void finish();
  void end();

 private:
  void send(std::int64_t cell, std::int64_t value);

  center::ControlBoard& own_;
  const mpi::Communicator& relays_;
  std::vector<mpi::Request> under_way_;
};

// The side of another relay.
class OrderReceiver {
 public:
  OrderReceiver(center::ControlBoard& own, const mpi::Communicator& relays)
      : own_(own), relays_(relays) {}

  bool advance();  // stores what has come; returns whether there was anything
  bool take_wish_for_sums() { return std::exchange(wants_sums_, false); }
  bool finished() const { return finished_; }
  bool over() const { return over_; }

 private:
  center::ControlBoard& own_;
  const mpi::Communicator& relays_;
  bool wants_sums_ = false;
  bool finished_ = false;
  bool over_ = false;
};

}  // namespace tusk::relay
