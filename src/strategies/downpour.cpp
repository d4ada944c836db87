// SPDX-License-Identifier: Apache-2.0
#include "tusk/strategies/downpour.hpp"

#include <algorithm>
#include <utility>

#include "tusk/center/center_variable.hpp"

namespace tusk::strategies {

float whole_delta(const Window& /*window*/) { return 1.0F; }
float mean_over_steps(const Window& window) { return static_cast<float>(window.steps); }

Downpour::Downpour(center::CenterVariable& center, std::size_t communication_window,
                   Divisor divisor)
    : center_(center),
      communication_window_(communication_window),
      divisor_(std::move(divisor)),
      pulled_(center.size()),
      delta_(center.size()) {}

void Downpour::on_start(std::span<float> weights) {
  center_.pull(weights);
  std::ranges::copy(weights, pulled_.begin());
}

void Downpour::on_window_end(std::span<float> weights, const Window& window) {
  const float divisor = divisor_(window);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    delta_[i] = (weights[i] - pulled_[i]) / divisor;
  }
  center_.commit_and_pull(delta_, weights);
  std::ranges::copy(weights, pulled_.begin());
}

}  // namespace tusk::strategies
