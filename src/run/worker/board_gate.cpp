// SPDX-License-Identifier: Apache-2.0
#include "run/worker/board_gate.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "exchange/center/control_board.hpp"

namespace tusk::worker {
namespace {

constexpr std::chrono::microseconds shortest_sleep{50};
constexpr std::chrono::microseconds longest_sleep{1000};

}  // namespace

BoardGate::BoardGate(center::ControlBoard& board, std::size_t worker,
                     std::optional<std::size_t> max_staleness)
    : board_(board), worker_(worker), max_staleness_(max_staleness) {}

center::Orders BoardGate::enter(std::uint64_t window, Standing& /*standing*/) {
  for (auto sleep = shortest_sleep;; sleep = std::min(2 * sleep, longest_sleep)) {
    const bool may = may_begin(window);
    const center::Orders orders = board_.orders();
    if (may || orders.stop != 0 || orders.checkpoint != answered_) return orders;
    std::this_thread::sleep_for(sleep);
  }
}

bool BoardGate::may_begin(std::uint64_t window) {
  if (!max_staleness_ || window <= *max_staleness_) return true;
  const std::vector<std::int64_t> clocks = board_.clocks();  // finished ones are the largest number
  const auto slowest = static_cast<std::uint64_t>(*std::ranges::min_element(clocks));
  return slowest >= window - *max_staleness_;
}

void BoardGate::complete(std::uint64_t windows) {
  if (max_staleness_) board_.set_clock(worker_, static_cast<std::int64_t>(windows));
}

void BoardGate::finish() {
  board_.fetch_add(center::Cell::ended, 1);
  if (max_staleness_) board_.set_clock(worker_, center::finished_clock);
}

}  // namespace tusk::worker
