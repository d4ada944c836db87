// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace tusk {

// Loss and metrics as sums over samples, so that scores of batches and ranks add up whatever their
// sizes. The metrics are in the order of the model's, the weighted ones last. Trivially copyable:
// it may be sent as bytes.
//
// With samples of weights w, as Keras has it: the loss is Σ w·loss / samples, a metric the mean
// over the samples as without weights, a weighted metric Σ w·metric / Σ w with the weights that the
// samples have for its output.
struct BatchScore {
  static constexpr std::size_t max_metrics = 32;
  static constexpr std::size_t max_outputs = max_metrics;  // each of several has its loss as metric

  // Which metrics are weighted: 1 + the number of the output whose weights count, or 0.
  using Weighing = std::array<std::uint8_t, max_metrics>;

  std::size_t samples = 0;
  std::array<double, max_outputs> weight_sums{};  // Σ w for each output; the number of samples
                                                  // where they have no weights
  double loss_sum = 0.0;
  std::array<double, max_metrics> metric_sums{};
  Weighing weighing{};

  // Means over the samples; NaN if there were none, or if weights cancel each other.
  double loss() const { return loss_sum / static_cast<double>(samples); }
  double metric(std::size_t index) const {
    const std::size_t weights = weighing[index];
    if (weights == 0) return metric_sums[index] / static_cast<double>(samples);
    return mean(metric_sums[index], weight_sums[weights - 1]);
  }

  // A weighted mean.
  static double mean(double sum, double weights) {
    return weights == 0.0 ? std::numeric_limits<double>::quiet_NaN() : sum / weights;
  }

  BatchScore& operator+=(const BatchScore& other) {
    samples += other.samples;
    loss_sum += other.loss_sum;
    for (std::size_t i = 0; i < max_outputs; ++i) weight_sums[i] += other.weight_sums[i];
    for (std::size_t i = 0; i < max_metrics; ++i) {
      metric_sums[i] += other.metric_sums[i];
      weighing[i] = std::max(weighing[i], other.weighing[i]);
    }
    return *this;
  }
};

}  // namespace tusk
