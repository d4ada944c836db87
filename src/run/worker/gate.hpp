// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "exchange/center/control_board.hpp"

namespace tusk::worker {

// Holds a worker at the start of a window until the others have come far enough, and tells it what
// rank 0 has asked for. The worker's loop calls it once a window. The default lets everyone through
// and asks for nothing.
class Gate {
 public:
  virtual ~Gate() = default;

  // Before the worker's window number `window` (0, 1, …): returns when it may begin, with what
  // rank 0 asks for. A worker that is to stop leaves this window out and finishes.
  virtual center::Orders enter(std::uint64_t /*window*/) { return {}; }

  // The worker has completed `windows` windows; finish: it has no more, and holds nobody back.
  virtual void complete(std::uint64_t /*windows*/) {}
  virtual void finish() {}
};

}  // namespace tusk::worker
