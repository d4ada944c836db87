// SPDX-License-Identifier: Apache-2.0
#include "net/optim/optimizers.hpp"

namespace tusk::optim {
namespace {

// x += −η g
class Sgd final : public Optimizer {
 public:
  Sgd(const CommonOptions& common) : Optimizer(common) {}

 private:
  void update(const Part& part) override {
    const float rate = this->rate();
    sweep(part, [=](float& x, float g) { x += -rate * g; });
  }
};

// v ← δv − ηg;  x += v, or with Nesterov's momentum x += δv − ηg (Sutskever et al., ICML 2013;
// Keras's weights are then the point ahead, x + δv).
class MomentumSgd final : public Optimizer {
 public:
  MomentumSgd(const SgdOptions& kind, const CommonOptions& common)
      : Optimizer(common), kind_(kind), velocity_(add_state("momentum", size())) {}

  Lookahead lookahead() const override {
    if (!kind_.looks_ahead()) return {};
    return {.velocity = velocity_, .momentum = kind_.momentum};
  }

 private:
  void update(const Part& part) override {
    const float rate = this->rate();
    const auto momentum = static_cast<float>(kind_.momentum);
    const auto plain = [=](float& x, float g, float& v) {
      v = momentum * v - rate * g;
      x += v;
    };
    const auto nesterov = [=](float& x, float g, float& v) {
      v = momentum * v - rate * g;
      x += momentum * v - rate * g;
    };
    if (kind_.nesterov) {
      sweep(part, nesterov, velocity_);
    } else {
      sweep(part, plain, velocity_);
    }
  }

  SgdOptions kind_;
  std::span<float> velocity_;
};

}  // namespace

std::unique_ptr<Optimizer> make(const SgdOptions& kind, const CommonOptions& common) {
  if (kind.momentum == 0.0) return std::make_unique<Sgd>(common);
  return std::make_unique<MomentumSgd>(kind, common);
}

}  // namespace tusk::optim
