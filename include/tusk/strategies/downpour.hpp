// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/strategies/strategy.hpp"

namespace tusk::center {
class CenterVariable;
}

namespace tusk::strategies {

// The divisor of a window's delta.
using Divisor = std::function<float(const Window&)>;
float whole_delta(const Window& window);      // 1: DOWNPOUR
float mean_over_steps(const Window& window);  // m: ADAG

// After every window of m steps from x₀ to x:
//
//   θ += (x − x₀) / divisor;   x = x₀ = θ   (one fused exchange)
//
// With divisor 1 it is DOWNPOUR (Dean et al., "Large scale distributed deep networks", NIPS 2012),
// with divisor m ADAG: accumulated gradient normalization (Hermans, "On scalable deep learning and
// parallelizing gradient descent", 2017). Moves 2 · 4 P bytes an exchange.
class Downpour : public Strategy {
 public:
  Downpour(center::CenterVariable& center, std::size_t communication_window, Divisor divisor);

  std::size_t communication_window() const override { return communication_window_; }
  void on_start(std::span<float> weights) override;
  void on_window_end(std::span<float> weights, const Window& window) override;

 private:
  center::CenterVariable& center_;
  std::size_t communication_window_;
  Divisor divisor_;
  AlignedVector<float> pulled_;  // x₀
  AlignedVector<float> delta_;
};

}  // namespace tusk::strategies
