// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tusk/center/center_variable.hpp"
#include "tusk/core/aligned_vector.hpp"
#include "tusk/strategies/registry.hpp"

namespace tusk::strategies {

// The loop of all rules that send what a window's m steps did to the weights:
//
//   delta = (x − x₀) / divisor;   θ += delta, in the exchange's way;   x = x₀ = θ
//
// With a separate pull the last part happens at the start of the next window. An exchange moves
// 2 · 4 P bytes; three passes over memory are all there is beside it: delta is computed in x's
// memory, θ arrives in x₀'s and is copied to x.
class Downpour final : public Strategy {
 public:
  // What the delta is divided by first.
  using Divisor = std::function<float(const Window&)>;
  // θ += delta, weighed or not. `pulled` is x₀ and becomes θ, or stays if another pull follows.
  using Exchange = std::function<void(center::CenterVariable& center, std::span<const float> delta,
                                      std::span<float> pulled)>;

  Downpour(const Surroundings& with, std::size_t communication_window, Divisor divisor,
           Exchange exchange);

  std::size_t communication_window() const override { return communication_window_; }
  void on_start(std::span<float> weights) override;
  void on_window_start(std::span<float> weights) override;
  void on_window_end(std::span<float> weights, const Window& window) override;

 private:
  void pull(std::span<float> weights);

  center::CenterVariable& center_;
  bool separate_pull_;
  std::size_t communication_window_;
  Divisor divisor_;
  Exchange exchange_;
  AlignedVector<float> pulled_;  // x₀
};

float whole_delta(const Window& window);      // 1
float mean_over_steps(const Window& window);  // m

// θ += delta.
Downpour::Exchange add(const Surroundings& with);

}  // namespace tusk::strategies
