// SPDX-License-Identifier: Apache-2.0
#include "net/optim/schedule.hpp"

#include <doctest/doctest.h>

#include "tusk/error.hpp"

using namespace tusk;
using doctest::Approx;

namespace {

optim::Schedule schedule(const ScheduleKind& kind, std::uint64_t warmup_steps = 0) {
  OptimizerOptions options;
  options.learning_rate = 0.8;
  options.schedule = ScheduleOptions{kind, warmup_steps};
  return optim::Schedule(options);
}

}  // namespace

// The expected numbers are what Keras 3's schedules of these names give.
TEST_CASE("schedules follow Keras's formulas") {
  CHECK(optim::Schedule(OptimizerOptions{.learning_rate = 0.8}).at(1000) == 0.8);
  CHECK(schedule(ConstantSchedule{}).at(7) == 0.8);

  const auto exponential = ExponentialSchedule{.decay_steps = 10, .decay_rate = 0.25};
  CHECK(schedule(exponential).at(5) == Approx(0.4));
  const auto stairs = ExponentialSchedule{.decay_steps = 10, .decay_rate = 0.25, .staircase = true};
  CHECK(schedule(stairs).at(9) == 0.8);
  CHECK(schedule(stairs).at(10) == Approx(0.2));

  const auto cosine = CosineSchedule{.decay_steps = 100, .alpha = 0.5};
  CHECK(schedule(cosine).at(0) == 0.8);
  CHECK(schedule(cosine).at(50) == Approx(0.6));
  CHECK(schedule(cosine).at(5000) == Approx(0.4));

  const auto square = PolynomialSchedule{.decay_steps = 10, .end_learning_rate = 0.2, .power = 2.0};
  CHECK(schedule(square).at(5) == Approx(0.35));
  CHECK(schedule(square).at(11) == Approx(0.2));

  const auto steps = StepSchedule{.boundaries = {3, 6}, .values = {0.5, 0.1}};
  CHECK(schedule(steps).at(3) == 0.8);  // a boundary belongs to what is before it
  CHECK(schedule(steps).at(4) == 0.5);
  CHECK(schedule(steps).at(6) == 0.5);
  CHECK(schedule(steps).at(7) == 0.1);
}

TEST_CASE("a warm-up rises from 0, and the schedule begins after it") {
  const auto warm = schedule(CosineSchedule{.decay_steps = 100}, 4);
  CHECK(warm.at(0) == 0.0);
  CHECK(warm.at(1) == Approx(0.2));
  CHECK(warm.at(4) == 0.8);
  CHECK(warm.at(54) == Approx(0.4));
}

TEST_CASE("steps that do not fit together are refused") {
  CHECK_THROWS_AS(schedule(StepSchedule{.boundaries = {3}, .values = {0.5, 0.1}}), Error);
  CHECK_THROWS_AS(schedule(StepSchedule{.boundaries = {3, 3}, .values = {0.5, 0.1}}), Error);
  CHECK_THROWS_AS(schedule(StepSchedule{.boundaries = {3}, .values = {-1.0}}), Error);
}
