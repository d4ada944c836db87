// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "exchange/strategies/registry.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/center.hpp"

namespace tusk::strategies {

// The loop of all rules that send what a window's m steps did to the weights; their make() makes
// one with a Divisor and a Weight of their own:
//
//   delta = (x − x₀) / divisor;   θ += delta, in the exchange's way;   x = x₀ = θ
//
// With Surroundings::separate_pull, x = x₀ = θ happens at the start of the next window. An exchange
// moves 2 · 4 P bytes. Memory: 4 P bytes.
class Downpour final : public Strategy {
 public:
  // What the delta is divided by first.
  using Divisor = std::function<float(const Window&)>;
  // How the commit, which may be the worker's first, weighs it, or what more it does; without one
  // it is added as it is. The divisor in it is not read. A function of these two alone: a
  // checkpoint keeps nothing else of it.
  using Change = center::CenterVariable::Change;
  using Weight = std::function<Change(const Window&, bool first)>;

  Downpour(const Surroundings& with, std::size_t communication_window, Divisor divisor,
           Weight weight);

  std::size_t communication_window() const override { return communication_window_; }
  void on_start(std::span<float> weights) override;
  void on_window_start(std::span<float> weights) override;
  void on_window_end(std::span<float> weights, const Window& window) override;
  void keep(State& state) override {
    state("pulled", pulled_);
    state("committed", committed_);
  }

 private:
  void pull(std::span<float> weights);
  void commit(std::span<float> weights, float divisor);

  center::CenterVariable& center_;
  bool separate_pull_;
  std::size_t communication_window_;
  Divisor divisor_;
  Weight weight_;
  AlignedVector<float> pulled_;  // x₀
  bool committed_ = false;       // at least once
};

float whole_delta(const Window& window);      // 1
float mean_over_steps(const Window& window);  // m

}  // namespace tusk::strategies
