// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "run/simulation/scheduler.hpp"
#include "run/simulation/step_times.hpp"
#include "run/worker/clock.hpp"

namespace tusk::simulation {

// A virtual worker's clock. It goes forward by a step's cost as the step begins: nobody need wait
// for the step's real computation to know that nothing comes from this worker before.
class VirtualClock final : public worker::Clock {
 public:
  // `factor`: how many times slower than others the worker is.
  VirtualClock(Scheduler& scheduler, std::size_t worker, const StepTimes& step_times, double factor)
      : scheduler_(scheduler), worker_(worker), step_times_(step_times), factor_(factor) {}

  double now_s() const override { return scheduler_.now_s(worker_); }
  void step_begins() override {
    scheduler_.advance(worker_, now_s() + factor_ * step_times_.cost_s(worker_, steps_++));
  }
  void step_done(double /*compute_s*/) override {}
  void keep(State& state) override { state("steps", steps_); }  // the time is the scheduler's

 private:
  Scheduler& scheduler_;
  std::size_t worker_;
  const StepTimes& step_times_;
  double factor_;
  std::uint64_t steps_ = 0;
};

}  // namespace tusk::simulation
