// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "exchange/strategies/rules.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies {
namespace {

// DiLoCo (Douillard et al., arXiv:2311.08105, 2023). All workers train from one θ, each for a
// window of its own steps; the mean of what these have done, by the samples that each saw, is the
// gradient of an outer optimizer, SGD with momentum, which moves θ:
//
//   Δ = Σ sᵢ(xᵢ − θ) / Σ sᵢ;   v ← μv + Δ;   θ += η(μv + Δ)  (without nesterov: θ += ηv);   xᵢ = θ
//
// With μ = 0 and η = 1 it is averaging. Statistics become their mean by samples, without momentum.
// θ is the same on every worker to the last bit. One Allreduce of 4 P bytes an exchange. Memory:
// 3 · 4 P bytes.
class Diloco final : public Strategy {
 public:
  Diloco(const DilocoOptions& options, const Surroundings& with)
      : peers_(*with.peers),
        statistics_(with.statistics),
        communication_window_(options.communication_window),
        eta_(static_cast<float>(options.outer_learning_rate)),
        mu_(static_cast<float>(options.outer_momentum)),
        nesterov_(options.nesterov) {}

  std::size_t communication_window() const override { return communication_window_; }

  bool exchanges_statistics() const override { return true; }

  void on_start(std::span<float> weights) override { velocity_.assign(weights.size(), 0.0F); }
  void keep(State& state) override { state("velocity", velocity_); }

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_window_start(std::span<float> weights) override {
    theta_.assign(weights.begin(), weights.end());
  }

  void on_window_end(std::span<float> weights, const Window& window) override {
    const auto samples = static_cast<float>(window.samples);
    sum_.resize(weights.size() + statistics_.size() + 1);
    for (std::size_t i = 0; i < weights.size(); ++i) sum_[i] = samples * (weights[i] - theta_[i]);
    for (std::size_t i = 0; i < statistics_.size(); ++i) {
      sum_[weights.size() + i] = samples * statistics_[i];
    }
    sum_.back() = samples;
    peers_.sum(sum_);
    move(weights);
    for (std::size_t i = 0; i < statistics_.size(); ++i) {
      statistics_[i] = sum_[weights.size() + i] / sum_.back();
    }
  }

 private:
  // The outer optimizer's step, from θ to the weights.
  void move(std::span<float> weights) {
    const float all_samples = sum_.back();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float mean = sum_[i] / all_samples;
      velocity_[i] = mu_ * velocity_[i] + mean;
      const float direction = nesterov_ ? mu_ * velocity_[i] + mean : velocity_[i];
      weights[i] = theta_[i] + eta_ * direction;
    }
  }

  center::Peers& peers_;
  std::span<float> statistics_;
  std::size_t communication_window_;
  float eta_;
  float mu_;
  bool nesterov_;
  AlignedVector<float> theta_;     // where the window began
  AlignedVector<float> velocity_;  // v
  AlignedVector<float> sum_;       // Σ sᵢ(xᵢ − θ), Σ sᵢ · statistics, then Σ sᵢ
};

}  // namespace

std::unique_ptr<Strategy> make(const DilocoOptions& options, const Surroundings& with) {
  return std::make_unique<Diloco>(options, with);
}

}  // namespace tusk::strategies
