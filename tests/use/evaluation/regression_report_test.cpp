// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/regression_report.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace tusk::evaluation {
namespace {

RegressionSums sums_of(const std::vector<std::array<double, 2>>& rows) {
  RegressionSums sums;
  for (const auto& [target, prediction] : rows) sums.add(target, prediction);
  return sums;
}

}  // namespace

TEST_CASE("the errors and r2 of a regression are those of the textbook") {
  const std::vector<RegressionSums> sums{sums_of({{3, 2.5}, {-0.5, 0}, {2, 2}, {7, 8}})};
  const RegressionReport report = make_report(sums);
  CHECK(report.mean.mse == doctest::Approx(0.375));
  CHECK(report.mean.mae == doctest::Approx(0.5));
  CHECK(report.mean.r2 == doctest::Approx(0.9486081370449679));
}

TEST_CASE("targets far from zero lose no digits, however the rows are cut") {
  RegressionSums first = sums_of({{1e9, 1e9}, {1e9 + 1, 1e9 + 2}});
  const RegressionSums second = sums_of({{1e9 + 2, 1e9 + 2}, {1e9 + 3, 1e9 + 3}});
  first += RegressionSums();
  first += second;
  const std::vector<RegressionSums> sums{first};
  CHECK(make_report(sums).mean.r2 == doctest::Approx(1.0 - 1.0 / 5.0).epsilon(1e-12));
}

TEST_CASE("weighted errors are those of as many rows, and lose no digits far from zero") {
  RegressionSums repeated;
  WeightedRegressionSums first;
  WeightedRegressionSums second;
  for (int i = 0; i < 10; ++i) {
    const double target = 1e6 + i;
    const double prediction = target + 0.25 * (i % 3);
    (i < 4 ? first : second).add(target, prediction, i);
    for (int k = 0; k < i; ++k) repeated.add(target, prediction);
  }
  second.add(5.0, 7.0, 1e9);  // and one that takes it back
  first.add(5.0, 7.0, -1e9);
  first += WeightedRegressionSums();
  first += second;
  const RegressionReport expected = make_report(std::vector<RegressionSums>{repeated});
  const RegressionReport report = make_report(std::vector<WeightedRegressionSums>{first});
  CHECK(report.mean.mse == doctest::Approx(expected.mean.mse).epsilon(1e-12));
  CHECK(report.mean.mae == doctest::Approx(expected.mean.mae).epsilon(1e-12));
  CHECK(report.mean.r2 == doctest::Approx(expected.mean.r2).epsilon(1e-12));
}

TEST_CASE("targets that are all the same are met, or not") {
  const std::vector<RegressionSums> sums{sums_of({{2, 2}, {2, 2}}), sums_of({{2, 2}, {2, 3}})};
  const RegressionReport report = make_report(sums);
  CHECK(report.outputs[0].r2 == 1.0);
  CHECK(report.outputs[1].r2 == 0.0);
  CHECK(report.mean.r2 == 0.5);
}

}  // namespace tusk::evaluation
