// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "exchange/strategies/rules.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/center.hpp"

namespace tusk::strategies {
namespace {

// Gradient energy matching (Hermans & Louppe, arXiv:1805.08469, 2018): all workers together move
// the center as momentum would move it. After every window, elementwise:
//
//   u = x − x₀;   m ← μm + u;   pull θ;   π = clip((κ|m| − |θ − θ_prev|) / (|u| + ε), 0, 5)
//   θ += πu;   x = x₀ = θ + πu
//
// θ_prev is the θ pulled before, so that |θ − θ_prev| is what everybody has done since. The worker
// should have no momentum of its own. Moves 2 · 4 P bytes an exchange.
class Gem final : public Strategy {
 public:
  Gem(const GemOptions& options, const Surroundings& with)
      : center_(*with.center),
        separate_pull_(with.separate_pull),
        communication_window_(options.communication_window),
        mu_(static_cast<float>(options.momentum)),
        kappa_(static_cast<float>(options.kappa)),
        start_(center_.size()),
        pulled_(center_.size()),
        momentum_(center_.size()) {}

  std::size_t communication_window() const override { return communication_window_; }

  void on_start(std::span<float> weights) override {
    center_.pull(pulled_);
    std::ranges::copy(pulled_, start_.begin());
    std::ranges::copy(pulled_, weights.begin());
  }

  void on_window_start(std::span<float> weights) override {
    if (!separate_pull_) return;
    center_.pull(start_);
    std::ranges::copy(start_, weights.begin());
  }

  void on_window_end(std::span<float> weights, const Window& /*window*/) override {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] -= start_[i];
      momentum_[i] = mu_ * momentum_[i] + weights[i];
    }
    center_.pull(start_);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float theta = start_[i];
      weights[i] *= matching(momentum_[i], theta - pulled_[i], weights[i]);
      pulled_[i] = theta;
      start_[i] = theta + weights[i];
    }
    center_.commit(weights);
    std::ranges::copy(start_, weights.begin());
  }

  void keep(State& state) override {
    state("start", start_);
    state("pulled", pulled_);
    state("momentum", momentum_);
  }

 private:
  // π, the share of the update u that is missing to the momentum m when the center has moved by d.
  float matching(float m, float d, float u) const {
    constexpr float epsilon = 1e-12F;
    return std::clamp((kappa_ * std::abs(m) - std::abs(d)) / (std::abs(u) + epsilon), 0.0F, 5.0F);
  }

  center::CenterVariable& center_;
  bool separate_pull_;
  std::size_t communication_window_;
  float mu_;
  float kappa_;
  AlignedVector<float> start_;     // x₀
  AlignedVector<float> pulled_;    // θ_prev
  AlignedVector<float> momentum_;  // m
};

}  // namespace

std::unique_ptr<Strategy> make(const GemOptions& options, const Surroundings& with) {
  return std::make_unique<Gem>(options, with);
}

}  // namespace tusk::strategies
