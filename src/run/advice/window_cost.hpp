// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tusk::advice {

// What a worker's window costs, as far as it can be known beforehand: K steps, and an exchange that
// moves so many bytes through what it shares with others, a node's memory or a server's network.
struct WindowCost {
  std::size_t workers = 1;      // that share it
  double step_s = 0.0;          // of a worker that has it to itself
  double step_bytes = 0.0;      // that a step itself moves through it
  double exchange_bytes = 0.0;  // of one exchange
  double latency_s = 0.0;       // of one exchange, for whom it keeps others waiting, too
  double one_rate = 1.0;        // bytes a second that one exchange has at most,
  double all_rate = 1.0;        // and all together
};

// How much of what workers without exchanges and with a memory of their own would do they can do at
// most, in windows of K steps: the smaller of 1 and what the rates allow. It is reached where their
// exchanges never wait for each other although they have no gaps; queues take some of it.
double allowed_share(const WindowCost& cost, std::size_t window);

// The first of 1, 2, 5, 10, 20, … steps, from `window` on, with which so large a share is allowed,
// or the first that allows as much as any; at most a million.
std::size_t window_for(const WindowCost& cost, std::size_t window, double share);

// With how many threads each the workers, so many times fewer, do as much in windows of K steps as
// all of them with one thread: the largest power of two, at most 16. 1: their number is no loss.
std::size_t threads_for(const WindowCost& cost, std::size_t window);

}  // namespace tusk::advice
