// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

namespace tusk {

// How the learning rate changes with a worker's own steps t = 0, 1, …: names, options and formulas
// of Keras 3's schedules (net/optim/schedule.hpp). η is optimizer.learning_rate.
struct ConstantSchedule {
  static constexpr const char* type = "constant";

  friend bool operator==(const ConstantSchedule&, const ConstantSchedule&) = default;
};

// η up to step boundaries[0], values[0] after it, values[1] after boundaries[1] … (Keras's
// PiecewiseConstantDecay, whose first value is η).
struct StepSchedule {
  static constexpr const char* type = "step";
  std::vector<std::uint64_t> boundaries;
  std::vector<double> values;

  friend bool operator==(const StepSchedule&, const StepSchedule&) = default;
};

// η · decay_rate^(t / decay_steps), the exponent rounded down if `staircase`.
struct ExponentialSchedule {
  static constexpr const char* type = "exponential";
  std::uint64_t decay_steps = 1;
  double decay_rate = 0.96;
  bool staircase = false;

  friend bool operator==(const ExponentialSchedule&, const ExponentialSchedule&) = default;
};

// η · ((1 − alpha) · (1 + cos(π t / decay_steps)) / 2 + alpha), constant from decay_steps on.
struct CosineSchedule {
  static constexpr const char* type = "cosine";
  std::uint64_t decay_steps = 1;
  double alpha = 0.0;

  friend bool operator==(const CosineSchedule&, const CosineSchedule&) = default;
};

// (η − end) · (1 − t / decay_steps)^power + end, constant from decay_steps on.
struct PolynomialSchedule {
  static constexpr const char* type = "polynomial";
  std::uint64_t decay_steps = 1;
  double end_learning_rate = 0.0001;
  double power = 1.0;

  friend bool operator==(const PolynomialSchedule&, const PolynomialSchedule&) = default;
};

using ScheduleKind = std::variant<ConstantSchedule, StepSchedule, ExponentialSchedule,
                                  CosineSchedule, PolynomialSchedule>;

// optimizer.schedule: first a linear warm-up, η t / warmup_steps, then the kind's formula with
// t − warmup_steps for t.
struct ScheduleOptions {
  ScheduleKind kind;
  std::uint64_t warmup_steps = 0;

  friend bool operator==(const ScheduleOptions&, const ScheduleOptions&) = default;
};

}  // namespace tusk
