// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/center_access.hpp"

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
    done_s_ = site_.memory->earliest_s(*sweep_);
  } else if (load.took_s) {
    done_s_ = turn.time_s() + *load.took_s;
  } else {
    done_s_ = site_.server.serve(turn.time_s(), network_.bytes_s(load.sent));
  }
  if (stays) turn.end_at(done_s_);
}

void CenterAccess::end() {
  scheduler_.advance(worker_, done_s_);
  while (sweep_) {  // others who came meanwhile have made it later
    Scheduler::Turn turn(scheduler_, worker_);
    if (site_.memory->is_done(*sweep_, turn.time_s())) {
      sweep_.reset();
    } else {
      turn.end_at(site_.memory->earliest_s(*sweep_));
    }
  }
}

}  // namespace tusk::simulation
