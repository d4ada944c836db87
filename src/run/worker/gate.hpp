// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tusk::worker {

// What a worker learns at the start of a window.
struct Orders {
  bool stop = false;                 // train no further: leave the window and finish
  double learning_rate_scale = 1.0;  // what to multiply the schedule's learning rate with
};

// Holds a worker at the start of a window until the others have come far enough, and passes on what
// rank 0 has asked for. The default lets everyone through and asks for nothing.
class Gate {
 public:
  virtual ~Gate() = default;

  // Before the worker's window number `window` (0, 1, …): returns when it may begin.
  virtual Orders enter(std::uint64_t /*window*/) { return {}; }

  // The worker has completed `windows` windows; finish: it has no more, and holds nobody back.
  virtual void complete(std::uint64_t /*windows*/) {}
  virtual void finish() {}
};

}  // namespace tusk::worker
