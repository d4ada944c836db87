// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tusk::training {

// Holds a worker at the start of a window until the others have come far enough. The default lets
// everyone through (fully asynchronous training).
class Gate {
 public:
  virtual ~Gate() = default;

  // Before the worker's window number `window` (0, 1, …): returns when it may begin.
  virtual void enter(std::uint64_t /*window*/) {}

  // The worker has completed `windows` windows; finish: it has no more, and holds nobody back.
  virtual void complete(std::uint64_t /*windows*/) {}
  virtual void finish() {}
};

}  // namespace tusk::training
