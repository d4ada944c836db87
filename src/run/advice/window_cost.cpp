// SPDX-License-Identifier: Apache-2.0
#include "run/advice/window_cost.hpp"

#include <algorithm>

#include "exchange/strategies/window.hpp"

namespace tusk::advice {
namespace {

constexpr std::size_t most_threads = 16;  // that a worker's step makes use of

// The seconds of a window that a worker of its own speed would take, and the least in which
// everybody's bytes go through what they share.
struct WindowTimes {
  double own_s;
  double shared_s;
};

// `faster`: how many times faster steps are, with as many times fewer workers.
WindowTimes times_of(const WindowCost& cost, std::size_t window, double faster = 1.0) {
  const auto steps = static_cast<double>(window);
  const double workers = static_cast<double>(cost.workers) / faster;
  const double step_s = std::max(cost.step_s / faster, cost.step_bytes / cost.one_rate);
  const double bytes = cost.exchange_bytes + steps * cost.step_bytes;
  return {.own_s = steps * step_s + cost.latency_s + cost.exchange_bytes / cost.one_rate,
          .shared_s = workers * (cost.latency_s + bytes / cost.all_rate)};
}

}  // namespace

double allowed_share(const WindowCost& cost, std::size_t window) {
  const WindowTimes times = times_of(cost, window);
  const double steps_s = static_cast<double>(window) * cost.step_s;
  return std::min(1.0, steps_s / std::max(times.own_s, times.shared_s));
}

std::size_t window_for(const WindowCost& cost, std::size_t window, double share) {
  const double most = std::min(share, 0.99 * allowed_share(cost, strategies::longest_window));
  if (allowed_share(cost, window) >= most) return window;
  return strategies::first_round_window(
      [&](std::size_t longer) { return longer > window && allowed_share(cost, longer) >= most; });
}

std::size_t threads_for(const WindowCost& cost, std::size_t window) {
  std::size_t threads = 1;
  while (2 * threads <= std::min(cost.workers, most_threads)) {
    const WindowTimes times = times_of(cost, window, 2.0 * static_cast<double>(threads));
    if (times.own_s > times.shared_s) break;
    threads *= 2;
  }
  return threads;
}

}  // namespace tusk::advice
