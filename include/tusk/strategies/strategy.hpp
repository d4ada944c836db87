// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tusk::strategies {

// The steps between two exchanges, as they were: the last window of a shard is short.
struct Window {
  std::size_t steps = 0;
  std::uint64_t samples = 0;
};

// A distributed optimization algorithm, as seen from one worker: what happens to the worker's
// weights x around its own optimizer's steps. The worker's loop calls, for every pass over its
// shard,
//
//   on_start(x)                                   once, before the first step
//   on_window_start(x)                            before the first step of a window
//     gradients at x; on_gradients(x, g); the optimizer's step on x; on_step(x)
//   on_window_end(x, window)                      after communication_window() steps or the shard's
//   last on_finish(x)                                  once, after the last window
//
// All spans have one element a parameter. A strategy keeps what it needs between calls and nothing
// else; whatever it exchanges goes through the CenterVariable or Communicator given to it.
class Strategy {
 public:
  virtual ~Strategy() = default;

  // Steps between two exchanges, at least 1.
  virtual std::size_t communication_window() const = 0;

  virtual void on_start(std::span<float> weights) = 0;
  virtual void on_window_start(std::span<float> /*weights*/) {}
  virtual void on_gradients(std::span<const float> /*weights*/, std::span<float> /*gradients*/) {}
  virtual void on_step(std::span<float> /*weights*/) {}
  virtual void on_window_end(std::span<float> weights, const Window& window) = 0;
  virtual void on_finish(std::span<float> /*weights*/) {}
};

}  // namespace tusk::strategies
