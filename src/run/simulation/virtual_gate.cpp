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

std::vector<std::size_t> Gatekeeper::complete(std::size_t worker, std::uint64_t windows,
                                              Scheduler::Turn& turn) {
  completed_[worker] = windows;
  std::vector<std::size_t> woken;
  for (std::size_t other = 0; other < waiting_.size(); ++other) {
    if (!waiting_[other] || !may_begin(*waiting_[other])) continue;
    waiting_[other].reset();
    turn.wake(other, turn.time_s());
    woken.push_back(other);
  }
  return woken;
}

center::Orders VirtualGate::enter(std::uint64_t window, worker::Standing& /*standing*/) {
  while (stand(window)) {
  }
  const Scheduler::Turn turn(scheduler_, worker_);
  return board_.orders();
}

// One turn at the gate. Whether there has to be another: the worker was held for a checkpoint.
bool VirtualGate::stand(std::uint64_t window) {
  Scheduler::Turn turn(scheduler_, worker_);
  if (cut_.holds(worker_, window, turn)) {
    if (!cut_.complete(worker_, turn)) std::move(turn).park();
    return true;
  }
  if (keeper_.may_begin(window)) return false;
  keeper_.wait(worker_, window);
  cut_.waits(worker_, true);
  cut_.complete(worker_, turn);  // it may have been the last that did not stand
  std::move(turn).park();
  return false;
}

void VirtualGate::complete(std::uint64_t windows) {
  if (!keeper_.bounds()) return;
  Scheduler::Turn turn(scheduler_, worker_);
  for (const std::size_t woken : keeper_.complete(worker_, windows, turn)) {
    cut_.waits(woken, false);
  }
}

void VirtualGate::finish() {
  {
    Scheduler::Turn turn(scheduler_, worker_);
    board_.fetch_add(center::Cell::ended, 1);
    bell_.ring(turn);
  }
  complete(std::numeric_limits<std::uint64_t>::max());
}

void VirtualGate::leave() {
  Scheduler::Turn turn(scheduler_, worker_);
  cut_.finish(worker_);
  cut_.complete(worker_, turn);
}

}  // namespace tusk::simulation
