// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// Adam with Nesterov's momentum (Dozat 2016), whose rate follows the schedule
// μₜ = β₁ (1 − 0.96ᵗ/2), with the products Uₜ = μ₁ ⋯ μₜ:
//   m += (1 − β₁)(g − m);  v += (1 − β₂)(g² − v)
//   x −= η m̂ / (√v̂ + ε),  m̂ = μₜ₊₁ m / (1 − Uₜ₊₁) + (1 − μₜ) g / (1 − Uₜ),  v̂ = v / (1 − β₂ᵗ)
class Nadam final : public Optimizer {
 public:
  Nadam(const NadamOptions& kind, const CommonOptions& common)
      : Optimizer(common),
        kind_(kind),
        momentum_(add_state("momentum", size())),
        velocity_(add_state("velocity", size())),
        product_(add_state("u_product", 1, 1.0F)) {}

 private:
  double schedule(std::uint64_t t) const {
    return kind_.beta_1 * (1.0 - 0.5 * std::pow(0.96, static_cast<double>(t)));
  }

  void prepare(std::uint64_t t) override {
    const double now = schedule(t);
    const double next = schedule(t + 1);
    const double product = product_[0] * now;
    product_[0] = static_cast<float>(product);
    momentum_weight_ = static_cast<float>(next / (1.0 - product * next));
    gradient_weight_ = static_cast<float>((1.0 - now) / (1.0 - product));
    correction_ = static_cast<float>(1.0 - std::pow(kind_.beta_2, static_cast<double>(t)));
  }

  void update(const Part& part) override {
    const float rate = this->rate();
    const auto rest_1 = static_cast<float>(1.0 - kind_.beta_1);
    const auto rest_2 = static_cast<float>(1.0 - kind_.beta_2);
    const auto epsilon = static_cast<float>(kind_.epsilon);
    const auto rule = [=, m_weight = momentum_weight_, g_weight = gradient_weight_,
                       correction = correction_](float& x, float g, float& m, float& v) {
      m += (g - m) * rest_1;
      v += (g * g - v) * rest_2;
      x -= rate * (m_weight * m + g_weight * g) / (std::sqrt(v / correction) + epsilon);
    };
    sweep(part, rule, momentum_, velocity_);
  }

  NadamOptions kind_;
  std::span<float> momentum_;
  std::span<float> velocity_;
  std::span<float> product_;
  float momentum_weight_ = 0.0F;
  float gradient_weight_ = 0.0F;
  float correction_ = 0.0F;
};

}  // namespace

std::unique_ptr<Optimizer> make(const NadamOptions& kind, const CommonOptions& common) {
  return std::make_unique<Nadam>(kind, common);
}

}  // namespace tusk::optim
