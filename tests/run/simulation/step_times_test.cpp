// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/step_times.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "check_fails.hpp"

using namespace tusk;
using simulation::StepTimes;

TEST_CASE("a step costs the constant, or the worker's own time") {
  CHECK(StepTimes(0.25, 3, 1).cost_s(2, 9) == 0.25);
  CHECK(StepTimes(std::vector{0.1, 0.2, 0.3}, 3, 1).cost_s(1, 9) == 0.2);
  CHECK_FAILS(StepTimes(std::vector{0.1, 0.2}, 3, 1), ExitCode::bad_experiment, "3 workers");
}

TEST_CASE("the times of a run go before the options, for its workers in turn") {
  const records::RunTimes run{{.steps_s = {1.0, 3.0}, .exchanges_s = {0.25}},
                              {.steps_s = {5.0}, .exchanges_s = {0.5, 1.5}}};
  const StepTimes times(0.1, 4, 7, &run);
  CHECK(times.measured());
  double sum = 0.0;
  double exchanges = 0.0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    sum += times.cost_s(0, i);
    exchanges += *times.exchange_s(3, i);
    CHECK(times.cost_s(3, i) == 5.0);
    CHECK(*times.exchange_s(2, i) == 0.25);
  }
  CHECK(sum / 1000 == doctest::Approx(2.0).epsilon(0.05));
  CHECK(exchanges / 1000 == doctest::Approx(1.0).epsilon(0.1));
  CHECK(times.cost_s(0, 5) == StepTimes(0.1, 4, 7, &run).cost_s(0, 5));
  CHECK_FALSE(StepTimes(0.1, 4, 7).exchange_s(0, 0));
}

TEST_CASE("drawn times are above 0, have the mean asked for and depend on seed, worker and step") {
  const std::vector<TimeDistribution> all{
      LognormalTime{.mean = 2.0, .sigma = 0.5}, NormalTime{.mean = 2.0, .stddev = 0.5},
      UniformTime{.minval = 1.0, .maxval = 3.0}, ExponentialTime{.mean = 2.0}};
  for (const TimeDistribution& distribution : all) {
    const StepTimes times(distribution, 2, 7);
    double sum = 0.0;
    for (std::uint64_t step = 0; step < 20'000; ++step) {
      const double cost = times.cost_s(step % 2, step);
      CHECK(cost > 0.0);
      sum += cost;
    }
    CHECK(sum / 20'000 == doctest::Approx(2.0).epsilon(0.03));
    CHECK(times.cost_s(1, 5) == StepTimes(distribution, 9, 7).cost_s(1, 5));
    CHECK(times.cost_s(1, 5) != times.cost_s(0, 5));
    CHECK(times.cost_s(1, 5) != StepTimes(distribution, 2, 8).cost_s(1, 5));
  }
}
