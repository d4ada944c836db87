// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// a ← ρa + (1 − ρ)g²;  d = −g √(b + ε) / √(a + ε);  b ← ρb + (1 − ρ)d²;  x += ηd (Zeiler 2012)
class Adadelta final : public Optimizer {
 public:
  Adadelta(const AdadeltaOptions& kind, const CommonOptions& common)
      : Optimizer(common),
        kind_(kind),
        gradients_(add_state("accumulated_grad", size())),
        deltas_(add_state("accumulated_delta_var", size())) {}

 private:
  void update(const Part& part) override {
    const float rate = this->rate();
    const auto rho = static_cast<float>(kind_.rho);
    const auto rest = static_cast<float>(1.0 - kind_.rho);
    const auto epsilon = static_cast<float>(kind_.epsilon);
    const auto rule = [=](float& x, float g, float& a, float& b) {
      a = rho * a + rest * (g * g);
      const float d = -(std::sqrt(b + epsilon) * g / std::sqrt(a + epsilon));
      b = rho * b + rest * (d * d);
      x += rate * d;
    };
    sweep(part, rule, gradients_, deltas_);
  }

  AdadeltaOptions kind_;
  std::span<float> gradients_;
  std::span<float> deltas_;
};

}  // namespace

std::unique_ptr<Optimizer> make(const AdadeltaOptions& kind, const CommonOptions& common) {
  return std::make_unique<Adadelta>(kind, common);
}

}  // namespace tusk::optim
