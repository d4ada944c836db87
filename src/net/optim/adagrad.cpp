// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// a ← a + g²;  x −= ηg / √(a + ε) (Duchi et al., JMLR 2011)
class Adagrad final : public Optimizer {
 public:
  Adagrad(const AdagradOptions& kind, const CommonOptions& common)
      : Optimizer(common),
        kind_(kind),
        accumulator_(
            add_state("accumulator", size(), static_cast<float>(kind.initial_accumulator_value))) {}

 private:
  void update(const Part& part) override {
    const float rate = this->rate();
    const auto epsilon = static_cast<float>(kind_.epsilon);
    const auto rule = [=](float& x, float g, float& a) {
      a += g * g;
      x -= rate * g / std::sqrt(a + epsilon);
    };
    sweep(part, rule, accumulator_);
  }

  AdagradOptions kind_;
  std::span<float> accumulator_;
};

}  // namespace

std::unique_ptr<Optimizer> make(const AdagradOptions& kind, const CommonOptions& common) {
  return std::make_unique<Adagrad>(kind, common);
}

}  // namespace tusk::optim
