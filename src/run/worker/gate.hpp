// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "exchange/center/control_board.hpp"
#include "tusk/state.hpp"

namespace tusk::worker {

// A worker that stands at its gate, as a checkpoint sees it.
class Standing {
 public:
  virtual ~Standing() = default;

  // Ends an exchange that goes on beside the steps: what the worker has done is then in the center.
  virtual void end_exchange() = 0;

  // What a checkpoint keeps of the worker. An exchange must not be under way.
  virtual void keep(State& state) = 0;

  virtual std::uint64_t steps() const = 0;  // that it has done
  virtual std::size_t parameters() const = 0;
};

// Holds a worker at the start of a window until the others have come far enough, and tells it what
// rank 0 has asked for. Checkpoints are taken here: while they stand at their gates, nobody changes
// anything. The worker's loop calls it once a window. The default lets everyone through and asks
// for nothing.
class Gate {
 public:
  virtual ~Gate() = default;

  // A pass begins, or goes on, with so many windows to come.
  virtual void begin_pass(std::size_t /*windows*/) {}

  // Before the worker's window number `window` (0, 1, …): returns when it may begin, with what
  // rank 0 asks for. A worker that is to stop leaves this window out and finishes. `standing` is
  // the worker, for a checkpoint.
  virtual center::Orders enter(std::uint64_t /*window*/, Standing& /*standing*/) { return {}; }

  // The worker has completed `windows` windows; finish: it has no more, and holds nobody back.
  virtual void complete(std::uint64_t /*windows*/) {}
  virtual void finish() {}

  // After finish(), when the worker's last report has been submitted, behind which nobody may serve
  // it any more: a checkpoint can be taken without it.
  virtual void leave() {}
};

}  // namespace tusk::worker
