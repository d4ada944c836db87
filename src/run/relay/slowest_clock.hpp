// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "exchange/center/control_board.hpp"
#include "mpi/communicator.hpp"

namespace tusk::relay {

// Bounded staleness over a tree: a worker may be so many windows ahead of the slowest of all nodes.
// Every relay tells rank 0 how far its node's slowest worker has come, rank 0 tells all relays how
// far the slowest of all has, and each stores that as one more clock of its node's board, at which
// the workers' gates look (worker::BoardGate). The messages are small, their own, at most one a
// millisecond and node each way, and wait for no exchange; what lags behind makes workers wait
// longer, never less.
class SlowestClock {
 public:
  // `own`: the node's board, with a clock more than `workers`. `relays`: for this alone. Both must
  // outlive the object.
  SlowestClock(center::ControlBoard& own, std::size_t workers, const mpi::Communicator& relays);

  bool advance();  // returns whether anything has changed
  bool over() const { return slowest_ == center::finished_clock; }  // nobody waits any more

 private:
  using Steady = std::chrono::steady_clock;

  std::int64_t of_node();
  bool collect();
  void send(std::int64_t windows, int relay);

  center::ControlBoard& own_;
  std::size_t workers_;
  const mpi::Communicator& relays_;
  std::vector<std::int64_t> nodes_;  // the slowest of each, on rank 0; elsewhere of this node alone
  std::int64_t slowest_ = 0;         // of all
  Steady::time_point next_ = Steady::now();
  std::vector<mpi::Request> under_way_;
};

}  // namespace tusk::relay
