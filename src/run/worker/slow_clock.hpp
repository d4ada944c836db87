// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

#include "run/worker/clock.hpp"

namespace tusk::worker {

// The clock of a worker that is `factor` times slower than it could be: after each step it sleeps
// (factor − 1) times the step's time. A step in which the process was stopped, or had no core, is
// no slow one: of it counts as much as ten of those before.
class SlowClock final : public WallClock {
 public:
  explicit SlowClock(double factor) : factor_(factor) {}
  void step_done(double compute_s) override {
    if (usual_s_ > 0.0) compute_s = std::min(compute_s, 10.0 * usual_s_);
    usual_s_ = usual_s_ > 0.0 ? 0.9 * usual_s_ + 0.1 * compute_s : compute_s;
    std::this_thread::sleep_for(std::chrono::duration<double>((factor_ - 1.0) * compute_s));
  }

 private:
  double factor_;
  double usual_s_ = 0.0;  // of the steps so far, the last ones above all
};

}  // namespace tusk::worker
