// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/center_access.hpp"

#include <utility>

namespace tusk::simulation {

void CenterAccess::exchange(const Load& load, const Act& act) {
  arrive(load, act, /*stays=*/true);
  end();
}

void CenterAccess::begin(const Load& load, const Act& act) { arrive(load, act, /*stays=*/false); }

void CenterAccess::arrive(const Load& load, const Act& act, bool stays) {
  const bool sweeps = site_.memory != nullptr && !load.took_s;
  if (sweeps && stays) scheduler_.advance(worker_, scheduler_.now_s(worker_) + network_.bytes_s(0));
  Scheduler::Turn turn(scheduler_, worker_);
  act(turn);
  if (sweeps) {
    sweep_ = site_.memory->arrive(turn.time_s(), load.swept);
    if (stays) site_.memory->look_after(*sweep_, worker_, std::move(turn));
    return;
  }
  if (load.took_s) {
    done_s_ = turn.time_s() + *load.took_s;
  } else {
    done_s_ = site_.server.serve(turn.time_s(), network_.bytes_s(load.sent));
  }
  if (stays) turn.end_at(done_s_);
}

void CenterAccess::end() {
  scheduler_.advance(worker_, done_s_);
  if (sweep_) site_.memory->wait(*sweep_, worker_, scheduler_);
  sweep_.reset();
}

}  // namespace tusk::simulation
