// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// v ← ρv + (1 − ρ)g²;  x −= ηg / √(v + ε) (Hinton, lecture 6 of "Neural networks for machine
// learning", 2012).
//   centered       a ← ρa + (1 − ρ)g, and v − a² (never below 0) in v's place under the root
//   with momentum  m ← δm + ηg / √(…);  x −= m
class Rmsprop final : public Optimizer {
 public:
  Rmsprop(const RmspropOptions& kind, const CommonOptions& common)
      : Optimizer(common), kind_(kind), velocity_(add_state("velocity", size())) {
    if (kind.momentum > 0.0) momentum_ = add_state("momentum", size());
    if (kind.centered) average_ = add_state("average_gradient", size());
  }

 private:
  void update(const Part& part) override {
    const float rate = this->rate();
    const auto rho = static_cast<float>(kind_.rho);
    const auto rest = static_cast<float>(1.0 - kind_.rho);
    const auto epsilon = static_cast<float>(kind_.epsilon);
    const auto momentum = static_cast<float>(kind_.momentum);
    const auto step = [=](float g, float& v) {
      v = rho * v + rest * (g * g);
      return rate * g / std::sqrt(v + epsilon);
    };
    const auto centered_step = [=](float g, float& v, float& a) {
      v = rho * v + rest * (g * g);
      a = rho * a + rest * g;
      return rate * g / std::sqrt(std::max(v - a * a, 0.0F) + epsilon);
    };
    const auto accelerated = [=](float& m, float step_size) {
      return m = momentum * m + step_size;
    };

    const bool with_momentum = kind_.momentum > 0.0;
    if (kind_.centered && with_momentum) {
      const auto rule = [=](float& x, float g, float& v, float& a, float& m) {
        x -= accelerated(m, centered_step(g, v, a));
      };
      sweep(part, rule, velocity_, average_, momentum_);
    } else if (kind_.centered) {
      const auto rule = [=](float& x, float g, float& v, float& a) { x -= centered_step(g, v, a); };
      sweep(part, rule, velocity_, average_);
    } else if (with_momentum) {
      const auto rule = [=](float& x, float g, float& v, float& m) {
        x -= accelerated(m, step(g, v));
      };
      sweep(part, rule, velocity_, momentum_);
    } else {
      sweep(
          part, [=](float& x, float g, float& v) { x -= step(g, v); }, velocity_);
    }
  }

  RmspropOptions kind_;
  std::span<float> velocity_;
  std::span<float> momentum_;
  std::span<float> average_;
};

}  // namespace

std::unique_ptr<Optimizer> make(const RmspropOptions& kind, const CommonOptions& common) {
  return std::make_unique<Rmsprop>(kind, common);
}

}  // namespace tusk::optim
