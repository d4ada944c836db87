// SPDX-License-Identifier: Apache-2.0
#include "net/optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::optim {
namespace {

// How much of `decay_steps` is over after `step` steps, at most all of it.
double progress(std::uint64_t step, std::uint64_t decay_steps) {
  return std::min(1.0, static_cast<double>(step) / static_cast<double>(decay_steps));
}

// The formulas: the rate of step t (after the warm-up) for the initial learning rate.
struct Formula {
  double initial;
  std::uint64_t step;

  double operator()(const ConstantSchedule& /*o*/) const { return initial; }

  double operator()(const StepSchedule& o) const {
    const auto next = std::ranges::lower_bound(o.boundaries, step);  // the first not yet passed
    const auto passed = static_cast<std::size_t>(next - o.boundaries.begin());
    return passed == 0 ? initial : o.values[passed - 1];
  }

  double operator()(const ExponentialSchedule& o) const {
    const double decays = static_cast<double>(step) / static_cast<double>(o.decay_steps);
    return initial * std::pow(o.decay_rate, o.staircase ? std::floor(decays) : decays);
  }

  double operator()(const CosineSchedule& o) const {
    const double cosine = std::cos(std::numbers::pi * progress(step, o.decay_steps));
    return initial * ((1.0 - o.alpha) * 0.5 * (1.0 + cosine) + o.alpha);
  }

  double operator()(const PolynomialSchedule& o) const {
    const double left = std::pow(1.0 - progress(step, o.decay_steps), o.power);
    return (initial - o.end_learning_rate) * left + o.end_learning_rate;
  }
};

void check(const StepSchedule& o) {
  if (o.boundaries.size() != o.values.size()) {
    fail(ExitCode::bad_experiment,
         "optimizer.schedule: {} boundaries, but {} values; each boundary takes the value that "
         "holds after it",
         o.boundaries.size(), o.values.size());
  }
  if (!std::ranges::is_sorted(o.boundaries, std::less_equal<>())) {
    fail(ExitCode::bad_experiment, "optimizer.schedule.boundaries must ascend");
  }
}

}  // namespace

Schedule::Schedule(const OptimizerOptions& options)
    : learning_rate_(options.learning_rate),
      options_(options.schedule.value_or(ScheduleOptions{})) {
  options::require_valid(options_, "optimizer.schedule");
  if (const auto* step = std::get_if<StepSchedule>(&options_.kind)) check(*step);
}

double Schedule::at(std::uint64_t step) const {
  if (step < options_.warmup_steps) {
    return learning_rate_ * static_cast<double>(step) / static_cast<double>(options_.warmup_steps);
  }
  return std::visit(Formula{learning_rate_, step - options_.warmup_steps}, options_.kind);
}

}  // namespace tusk::optim
