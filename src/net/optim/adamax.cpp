// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// m += (1 − β₁)(g − m);  u ← max(β₂u, |g|);  x −= ηm / ((1 − β₁ᵗ)(u + ε)) in step t = 1, 2, …
// (Kingma and Ba, ICLR 2015, section 7.1)
class Adamax final : public Optimizer {
 public:
  Adamax(const AdamaxOptions& kind, const CommonOptions& common)
      : Optimizer(common),
        kind_(kind),
        momentum_(add_state("momentum", size())),
        norm_(add_state("norm", size())) {}

 private:
  void prepare(std::uint64_t t) override {
    correction_ = static_cast<float>(1.0 - std::pow(kind_.beta_1, static_cast<double>(t)));
  }

  void update(const Part& part) override {
    const float rate = this->rate();
    const auto rest_1 = static_cast<float>(1.0 - kind_.beta_1);
    const auto beta_2 = static_cast<float>(kind_.beta_2);
    const auto epsilon = static_cast<float>(kind_.epsilon);
    const auto rule = [=, correction = correction_](float& x, float g, float& m, float& u) {
      m += (g - m) * rest_1;
      u = std::max(std::abs(g), beta_2 * u);
      x -= rate * m / (correction * (u + epsilon));
    };
    sweep(part, rule, momentum_, norm_);
  }

  AdamaxOptions kind_;
  std::span<float> momentum_;
  std::span<float> norm_;
  float correction_ = 0.0F;
};

}  // namespace

std::unique_ptr<Optimizer> make(const AdamaxOptions& kind, const CommonOptions& common) {
  return std::make_unique<Adamax>(kind, common);
}

}  // namespace tusk::optim
