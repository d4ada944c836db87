// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// m += (1 − β₁)(g − m);  v += (1 − β₂)(g² − v);  x −= αm / (√v + ε) with
// α = η √(1 − β₂ᵗ) / (1 − β₁ᵗ) in step t = 1, 2, … (Kingma and Ba, ICLR 2015, in the form "just
// before section 2.1"). amsgrad: the largest v so far in v's place (Reddi et al., ICLR 2018).
// AdamW (Loshchilov and Hutter, ICLR 2019) is this with weight decay.
class Adam final : public Optimizer {
 public:
  Adam(const AdamOptions& kind, const CommonOptions& common)
      : Optimizer(common),
        kind_(kind),
        momentum_(add_state("momentum", size())),
        velocity_(add_state("velocity", size())) {
    if (kind.amsgrad) largest_ = add_state("velocity_hat", size());
  }

 private:
  void prepare(std::uint64_t t) override {
    const auto steps = static_cast<double>(t);
    alpha_ = static_cast<float>(learning_rate() * std::sqrt(1.0 - std::pow(kind_.beta_2, steps)) /
                                (1.0 - std::pow(kind_.beta_1, steps)));
  }

  void update(const Part& part) override {
    const auto rest_1 = static_cast<float>(1.0 - kind_.beta_1);
    const auto rest_2 = static_cast<float>(1.0 - kind_.beta_2);
    const auto epsilon = static_cast<float>(kind_.epsilon);
    const auto plain = [=, alpha = alpha_](float& x, float g, float& m, float& v) {
      m += (g - m) * rest_1;
      v += (g * g - v) * rest_2;
      x -= m * alpha / (std::sqrt(v) + epsilon);
    };
    const auto amsgrad = [=, alpha = alpha_](float& x, float g, float& m, float& v, float& top) {
      m += (g - m) * rest_1;
      v += (g * g - v) * rest_2;
      top = std::max(v, top);
      x -= m * alpha / (std::sqrt(top) + epsilon);
    };
    if (kind_.amsgrad) {
      sweep(part, amsgrad, momentum_, velocity_, largest_);
    } else {
      sweep(part, plain, momentum_, velocity_);
    }
  }

  AdamOptions kind_;
  std::span<float> momentum_;
  std::span<float> velocity_;
  std::span<float> largest_;
  float alpha_ = 0.0F;
};

}  // namespace

std::unique_ptr<Optimizer> make(const AdamOptions& kind, const CommonOptions& common) {
  return std::make_unique<Adam>(kind, common);
}

}  // namespace tusk::optim
