// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "tusk/error.hpp"
#include "tusk/state.hpp"

namespace tusk::worker {

// Time as one worker sees it: real time, or virtual time in a simulation. The worker and its
// reporter ask it.
class Clock {
 public:
  virtual ~Clock() = default;

  // Seconds since training started.
  virtual double now_s() const = 0;

  // Called when a step on a mini-batch begins. A virtual clock goes forward here by the step's
  // cost.
  virtual void step_begins() {}

  // Called after every step of the worker's optimizer, with the real time that the step took.
  virtual void step_done(double compute_s) = 0;

  // It is so late already: for a worker that joins others.
  virtual void begin_at(double /*now_s*/) {
    fail(ExitCode::internal, "a virtual worker joins no others");
  }

  // What a checkpoint keeps: a clock goes on where it was.
  virtual void keep(State& state) = 0;
};

// Real time from the object's construction on.
class WallClock : public Clock {
 public:
  double now_s() const override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  void step_done(double /*compute_s*/) override {}
  void keep(State& state) override {
    double now = now_s();
    state("now_s", now);
    if (state.reading()) begin_at(now);
  }
  void begin_at(double now_s) override {
    start_ = std::chrono::steady_clock::now() -
             std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                 std::chrono::duration<double>(now_s));
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Adds the time of its life to `seconds`.
class Stopwatch {
 public:
  Stopwatch(double& seconds, const Clock& clock)
      : seconds_(seconds), clock_(clock), start_s_(clock.now_s()) {}
  ~Stopwatch() { seconds_ += clock_.now_s() - start_s_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& seconds_;
  const Clock& clock_;
  double start_s_;
};

}  // namespace tusk::worker
