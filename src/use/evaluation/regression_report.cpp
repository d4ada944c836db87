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

RegressionScores scores_of(const WeightedRegressionSums& sums) {
  const double weights = sums.weights.value();
  const double squares = sums.squares.value();
  // Σ w Σ w t² − (Σ w t)², which is Σ w times the squared deviations from the weighted mean.
  PreciseSum spread;
  spread.add_product(sums.weights.sum, sums.target_squares);
  spread.add_product(sums.weights.rest, sums.target_squares);
  spread.add_product(-sums.targets.sum, sums.targets);
  spread.add_product(-sums.targets.rest, sums.targets);
  const double deviations = spread.value() / weights;
  const double met = squares == 0.0 ? 1.0 : 0.0;
  return {.mse = squares / weights,
          .mae = sums.absolutes.value() / weights,
          .r2 = deviations == 0.0 ? met : 1.0 - squares / deviations};
}

template <typename Sums>
RegressionReport report_of(std::span<const Sums> outputs) {
  RegressionReport report;
  const auto count = static_cast<double>(outputs.size());
  for (const Sums& sums : outputs) {
    const RegressionScores scores = scores_of(sums);
    report.outputs.push_back(scores);
    report.mean.mse += scores.mse / count;
    report.mean.mae += scores.mae / count;
    report.mean.r2 += scores.r2 / count;
  }
  return report;
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

void WeightedRegressionSums::add(double target, double prediction, double weight) {
  const double error = prediction - target;
  weights.add(weight);
  squares.add_product(weight * error, error);
  absolutes.add_product(weight, std::abs(error));
  PreciseSum weighted;  // weight · target
  weighted.add_product(weight, target);
  targets += weighted;
  target_squares.add_product(target, weighted);
}

WeightedRegressionSums& WeightedRegressionSums::operator+=(const WeightedRegressionSums& other) {
  weights += other.weights;
  squares += other.squares;
  absolutes += other.absolutes;
  targets += other.targets;
  target_squares += other.target_squares;
  return *this;
}

RegressionReport make_report(std::span<const RegressionSums> outputs) { return report_of(outputs); }

RegressionReport make_report(std::span<const WeightedRegressionSums> outputs) {
  return report_of(outputs);
}

}  // namespace tusk::evaluation
