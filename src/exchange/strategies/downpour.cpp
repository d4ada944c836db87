// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/downpour.hpp"

#include <algorithm>
#include <utility>

#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

float whole_delta(const Window& /*window*/) { return 1.0F; }
float mean_over_steps(const Window& window) { return static_cast<float>(window.steps); }

Downpour::Downpour(const Surroundings& with, std::size_t communication_window, Divisor divisor,
                   Weight weight)
    : center_(*with.center),
      separate_pull_(with.separate_pull),
      communication_window_(communication_window),
      divisor_(std::move(divisor)),
      weight_(std::move(weight)),
      pulled_(center_.size()) {}

void Downpour::pull(std::span<float> weights) {
  center_.pull(pulled_);
  std::ranges::copy(pulled_, weights.begin());
}

void Downpour::on_start(std::span<float> weights) { pull(weights); }

void Downpour::on_window_start(std::span<float> weights) {
  if (separate_pull_) pull(weights);
}

void Downpour::on_window_end(std::span<float> weights, const Window& window) {
  const float divisor = divisor_(window);
  if (separate_pull_ && !weight_) {
    commit(weights, divisor);
  } else {
    Change change;
    if (weight_) change = weight_(window, !committed_);
    change.divisor = divisor;
    center_.commit_change(weights, pulled_, change);
  }
  committed_ = true;
}

// Commits without a pull, which comes at the start of the next window (separate_pull).
void Downpour::commit(std::span<float> weights, float divisor) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = (weights[i] - pulled_[i]) / divisor;
  }
  center_.commit(weights);
  std::ranges::copy(pulled_, weights.begin());
}

// DOWNPOUR: θ += x − x₀. Dean et al., "Large scale distributed deep networks", NIPS 2012.
std::unique_ptr<Strategy> make(const DownpourOptions& options, const Surroundings& with) {
  return std::make_unique<Downpour>(with, options.communication_window, whole_delta,
                                    Downpour::Weight{});
}

}  // namespace tusk::strategies
