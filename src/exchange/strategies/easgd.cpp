// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/aligned_vector.hpp"
#include "exchange/center/peers.hpp"
#include "exchange/strategies/moving_rate.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {
namespace {

// Elastic averaging with all workers at once (Zhang et al., NIPS 2015, eqs. 5 and 6). Once a
// window, between its first gradient and that gradient's step, with the same θ on every worker:
//
//   Eᵢ = α(xᵢ − θ);   θ += Σ Eᵢ;   xᵢ += step;   xᵢ −= Eᵢ
//
// One more exchange without a step ends the run. The model is θ, of which every worker has a copy.
// One Allreduce of 4 P bytes an exchange.
class Easgd final : public Strategy {
 public:
  Easgd(center::Peers& peers, std::size_t communication_window, double alpha)
      : peers_(peers),
        communication_window_(communication_window),
        alpha_(static_cast<float>(alpha)) {}

  std::size_t communication_window() const override { return communication_window_; }

  void on_start(std::span<float> weights) override {
    center_.assign(weights.begin(), weights.end());
    force_.resize(weights.size());
    sum_.resize(weights.size());
  }

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_window_start(std::span<float> /*weights*/) override { due_ = true; }

  bool needs_gradients() const override { return due_; }

  void on_gradients(std::span<const float> weights, std::span<float> /*gradients*/,
                    std::size_t /*samples*/) override {
    if (!due_) return;
    exchange(weights);
    due_ = false;
    pulling_ = true;
  }

  void on_step(std::span<float> weights) override {
    if (!pulling_) return;
    apply_force(weights);
    pulling_ = false;
  }

  void on_window_end(std::span<float> /*weights*/, const Window& /*window*/) override {}

  void on_finish(std::span<float> weights) override {
    exchange(weights);
    apply_force(weights);
  }

  void model(std::span<const float> /*weights*/, std::span<float> out) const override {
    std::ranges::copy(center_, out.begin());
  }

 private:
  void exchange(std::span<const float> weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      force_[i] = sum_[i] = alpha_ * (weights[i] - center_[i]);
    }
    peers_.sum(sum_);
    for (std::size_t i = 0; i < weights.size(); ++i) center_[i] += sum_[i];
  }

  void apply_force(std::span<float> weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] -= force_[i];
  }

  center::Peers& peers_;
  std::size_t communication_window_;
  float alpha_;
  AlignedVector<float> center_;  // θ
  AlignedVector<float> force_;   // Eᵢ
  AlignedVector<float> sum_;     // Σ Eᵢ
  bool due_ = false;             // the window's exchange is still to come
  bool pulling_ = false;         // E is still to be subtracted
};

}  // namespace

std::unique_ptr<Strategy> make(const EasgdOptions& options, const Surroundings& with) {
  return std::make_unique<Easgd>(
      *with.peers, options.communication_window,
      moving_rate(options.moving_rate, with.learning_rate, with.workers));
}

}  // namespace tusk::strategies
