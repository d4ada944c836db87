// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "run/simulation/node_memory.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/step_times.hpp"
#include "run/worker/clock.hpp"

namespace tusk::simulation {

// A virtual worker's clock. It goes forward by a step's cost as the step begins: nobody need wait
// for the step's real computation to know that nothing comes from this worker before. A step that
// moves memory costs what that takes beside others, if it is more.
class VirtualClock final : public worker::Clock {
 public:
  // What a step moves, and where; no memory: nothing.
  struct Memory {
    NodeMemory* memory = nullptr;
    double bytes = 0.0;
  };

  // `factor`: how many times slower than others the worker is.
  VirtualClock(Scheduler& scheduler, std::size_t worker, const StepTimes& step_times, double factor,
               const Memory& memory)
      : scheduler_(scheduler),
        worker_(worker),
        step_times_(step_times),
        factor_(factor),
        memory_(memory) {}

  double now_s() const override { return scheduler_.now_s(worker_); }
  void step_begins() override {
    const double begin_s = now_s();
    if (memory_.memory != nullptr && memory_.bytes > 0.0) move();
    scheduler_.advance(worker_, begin_s + factor_ * step_times_.cost_s(worker_, steps_++));
  }
  void step_done(double /*compute_s*/) override {}
  void keep(State& state) override { state("steps", steps_); }  // the time is the scheduler's

 private:
  // Until all of it is moved.
  void move() {
    NodeMemory::Exchange step = 0;
    {
      Scheduler::Turn turn(scheduler_, worker_);
      step = memory_.memory->arrive_step(turn.time_s(), memory_.bytes);
      memory_.memory->look_after(step, worker_, std::move(turn));
    }
    memory_.memory->wait(step, worker_, scheduler_);
  }

  Scheduler& scheduler_;
  std::size_t worker_;
  const StepTimes& step_times_;
  double factor_;
  Memory memory_;
  std::uint64_t steps_ = 0;
};

}  // namespace tusk::simulation
