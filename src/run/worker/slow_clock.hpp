// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

#include "run/worker/clock.hpp"

namespace tusk::worker {

// The clock of a worker that is `factor` times slower than it could be: after each step it sleeps
// (factor − 1) times the step's time.
class SlowClock final : public WallClock {
 public:
  explicit SlowClock(double factor) : factor_(factor) {}
  void step_done(double compute_s) override {
    std::this_thread::sleep_for(std::chrono::duration<double>((factor_ - 1.0) * compute_s));
  }

 private:
  double factor_;
};

}  // namespace tusk::worker
