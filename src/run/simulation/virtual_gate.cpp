// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_gate.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "exchange/center/control_board.hpp"

namespace tusk::simulation {

bool Gatekeeper::may_begin(std::uint64_t window) const {
  if (!bounds() || window <= *max_staleness_) return true;
  return *std::ranges::min_element(completed_) >= window - *max_staleness_;
}

void Gatekeeper::complete(std::size_t worker, std::uint64_t windows, Scheduler::Turn& turn) {
  completed_[worker] = windows;
  for (std::size_t other = 0; other < waiting_.size(); ++other) {
    if (!waiting_[other] || !may_begin(*waiting_[other])) continue;
    waiting_[other].reset();
    turn.wake(other, turn.time_s());
  }
}

center::Orders VirtualGate::enter(std::uint64_t window) {
  {
    Scheduler::Turn turn(scheduler_, worker_);
    if (!keeper_.may_begin(window)) {
      keeper_.wait(worker_, window);
      std::move(turn).park();
    }
  }
  const Scheduler::Turn turn(scheduler_, worker_);
  return board_.orders();
}

void VirtualGate::complete(std::uint64_t windows) {
  if (!keeper_.bounds()) return;
  Scheduler::Turn turn(scheduler_, worker_);
  keeper_.complete(worker_, windows, turn);
}

void VirtualGate::finish() {
  {
    const Scheduler::Turn turn(scheduler_, worker_);
    board_.fetch_add(center::Cell::ended, 1);
  }
  complete(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace tusk::simulation
