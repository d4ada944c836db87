// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/regression_report.hpp"

#include <cmath>

namespace tusk::evaluation {
namespace {

RegressionScores scores_of(const RegressionSums& sums) {
  const double met = sums.squares == 0.0 ? 1.0 : 0.0;
  return {.mse = sums.squares / sums.count,
          .mae = sums.absolutes / sums.count,
          .r2 = sums.deviations == 0.0 ? met : 1.0 - sums.squares / sums.deviations};
}

}  // namespace

void RegressionSums::add(double target, double prediction) {
  const double error = prediction - target;
  squares += error * error;
  absolutes += std::abs(error);
  count += 1.0;
  const double before = target - mean;
  mean += before / count;
  deviations += before * (target - mean);
}

RegressionSums& RegressionSums::operator+=(const RegressionSums& other) {
  if (other.count == 0.0) return *this;
  const double difference = other.mean - mean;
  const double all = count + other.count;
  squares += other.squares;
  absolutes += other.absolutes;
  deviations += other.deviations + difference * difference * count * other.count / all;
  mean += difference * other.count / all;
  count = all;
  return *this;
}

RegressionReport make_report(std::span<const RegressionSums> outputs) {
  RegressionReport report;
  const auto count = static_cast<double>(outputs.size());
  for (const RegressionSums& sums : outputs) {
    const RegressionScores scores = scores_of(sums);
    report.outputs.push_back(scores);
    report.mean.mse += scores.mse / count;
    report.mean.mae += scores.mae / count;
    report.mean.r2 += scores.r2 / count;
  }
  return report;
}

}  // namespace tusk::evaluation
