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

TEST_CASE("targets that are all the same are met, or not") {
  const std::vector<RegressionSums> sums{sums_of({{2, 2}, {2, 2}}), sums_of({{2, 2}, {2, 3}})};
  const RegressionReport report = make_report(sums);
  CHECK(report.outputs[0].r2 == 1.0);
  CHECK(report.outputs[1].r2 == 0.0);
  CHECK(report.mean.r2 == 0.5);
}

}  // namespace tusk::evaluation
