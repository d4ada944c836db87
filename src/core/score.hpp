// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace tusk {

// Loss and metrics as sums over samples, so that scores of batches and ranks add up whatever their
// sizes. The metrics are in the order of the model's, the weighted ones last. Trivially copyable:
// it may be sent as bytes.
//
// With samples of weights w, as Keras has it: the loss is Σ w·loss / samples, a metric the mean
// over the samples as without weights, a weighted metric Σ w·metric / Σ w. Where the outputs of a
// model weigh samples apart, the sum of weights is that of the first.
struct BatchScore {
  static constexpr std::size_t max_metrics = 32;

  std::size_t samples = 0;
  double weight_sum = 0.0;  // Σ w; the number of samples where they have no weights
  double loss_sum = 0.0;
  std::array<double, max_metrics> metric_sums{};
  std::size_t first_weighted = max_metrics;  // metrics from here on are weighted

  // Means over the samples; NaN if there were none, or if weights cancel each other.
  double loss() const { return loss_sum / static_cast<double>(samples); }
  double metric(std::size_t index) const {
    if (index < first_weighted) return metric_sums[index] / static_cast<double>(samples);
    return mean(metric_sums[index], weight_sum);
  }

  // A weighted mean.
  static double mean(double sum, double weights) {
    return weights == 0.0 ? std::numeric_limits<double>::quiet_NaN() : sum / weights;
  }

  BatchScore& operator+=(const BatchScore& other) {
    samples += other.samples;
    weight_sum += other.weight_sum;
    loss_sum += other.loss_sum;
    first_weighted = std::min(first_weighted, other.first_weighted);
    for (std::size_t i = 0; i < max_metrics; ++i) metric_sums[i] += other.metric_sums[i];
    return *this;
  }
};

}  // namespace tusk
