// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

namespace tusk {

// Loss and metrics as sums over samples, so that scores of batches and ranks add up whatever their
// sizes. The metrics are in the order of the model's. Trivially copyable: it may be sent as bytes.
struct BatchScore {
  static constexpr std::size_t max_metrics = 32;

  std::size_t samples = 0;
  double loss_sum = 0.0;
  std::array<double, max_metrics> metric_sums{};

  // Means over the samples; NaN if there were none.
  double loss() const { return loss_sum / static_cast<double>(samples); }
  double metric(std::size_t index) const {
    return metric_sums[index] / static_cast<double>(samples);
  }

  BatchScore& operator+=(const BatchScore& other) {
    samples += other.samples;
    loss_sum += other.loss_sum;
    for (std::size_t i = 0; i < max_metrics; ++i) metric_sums[i] += other.metric_sums[i];
    return *this;
  }
};

}  // namespace tusk
