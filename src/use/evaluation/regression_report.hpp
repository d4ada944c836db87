// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "use/evaluation/precise_sum.hpp"

namespace tusk::evaluation {

// The sums from which the errors of one output and the spread of its targets are computed.
// Trivially copyable: ranks send it as bytes.
struct RegressionSums {
  double count = 0.0;
  double squares = 0.0;     // Σ (prediction − target)²
  double absolutes = 0.0;   // Σ |prediction − target|
  double mean = 0.0;        // of the targets
  double deviations = 0.0;  // Σ (target − mean)²

  void add(double target, double prediction);               // Welford, 1962
  RegressionSums& operator+=(const RegressionSums& other);  // Chan, Golub & LeVeque, 1979
};

// mse: mean squared error; mae: mean absolute error; r2 = 1 − Σ(prediction − target)² /
// Σ(target − mean)², for targets that are all the same 1 if they are met and else 0.
struct RegressionScores {
  double mse = 0.0;
  double mae = 0.0;
  double r2 = 0.0;
};

// The numbers of scikit-learn's mean_squared_error, mean_absolute_error and r2_score: `mean` is
// over the outputs, each counting alike.
struct RegressionReport {
  std::vector<RegressionScores> outputs;
  RegressionScores mean;
};
RegressionReport make_report(std::span<const RegressionSums> outputs);

// The same with weights w, negative ones, too: every mean is Σ w x / Σ w, as scikit-learn's with
// sample_weight.
struct WeightedRegressionSums {
  PreciseSum weights;
  PreciseSum squares;         // Σ w (prediction − target)²
  PreciseSum absolutes;       // Σ w |prediction − target|
  PreciseSum targets;         // Σ w target
  PreciseSum target_squares;  // Σ w target²

  void add(double target, double prediction, double weight);
  WeightedRegressionSums& operator+=(const WeightedRegressionSums& other);
};
RegressionReport make_report(std::span<const WeightedRegressionSums> outputs);

}  // namespace tusk::evaluation
