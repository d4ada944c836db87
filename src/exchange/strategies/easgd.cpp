// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "exchange/strategies/elastic_rule.hpp"
#include "exchange/strategies/moving_rate.hpp"
#include "exchange/strategies/rules.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies {
namespace {

// Elastic averaging with all workers at once (Zhang et al., NIPS 2015, eqs. 5 and 6), with the same
// θ on every worker:
//
//   Eᵢ = α(xᵢ − θ);   θ += Σ Eᵢ
//
// The statistics, too. The model is θ, of which every worker has a copy. One Allreduce of 4 P bytes
// an exchange.
class Easgd final : public ElasticRule {
 public:
  Easgd(const Surroundings& with, std::size_t communication_window, double alpha)
      : ElasticRule(communication_window),
        peers_(*with.peers),
        statistics_(with.statistics),
        alpha_(static_cast<float>(alpha)) {}

  bool exchanges_statistics() const override { return true; }

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void model(std::span<const float> /*weights*/, std::span<float> out) const override {
    std::ranges::copy(std::span(center_).first(out.size()), out.begin());
  }

  void model_statistics(std::span<const float> /*own*/, std::span<float> out) const override {
    std::ranges::copy(std::span(center_).last(out.size()), out.begin());
  }

  void keep(State& state) override { state("center", center_); }

 private:
  void join(std::span<float> weights) override {
    center_.assign(weights.begin(), weights.end());
    center_.insert(center_.end(), statistics_.begin(), statistics_.end());
  }

  void exchange(std::span<const float> weights, std::span<float> force) override {
    sum_.resize(center_.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      force[i] = sum_[i] = alpha_ * (weights[i] - center_[i]);
    }
    for (std::size_t i = 0; i < statistics_.size(); ++i) {
      float& force_on_it = sum_[weights.size() + i];
      force_on_it = alpha_ * (statistics_[i] - center_[weights.size() + i]);
      statistics_[i] -= force_on_it;  // no step of an optimizer is to come
    }
    peers_.sum(sum_);
    for (std::size_t i = 0; i < center_.size(); ++i) center_[i] += sum_[i];
  }

  center::Peers& peers_;
  std::span<float> statistics_;
  float alpha_;
  AlignedVector<float> center_;  // θ, weights and statistics
  AlignedVector<float> sum_;     // Σ Eᵢ
};

}  // namespace

std::unique_ptr<Strategy> make(const EasgdOptions& options, const Surroundings& with) {
  return std::make_unique<Easgd>(
      with, options.communication_window,
      moving_rate(options.moving_rate, with.learning_rate, with.workers));
}

void check(const EasgdOptions& options, const RuleSetting& setting) {
  check_moving_rate(options.moving_rate, setting);
}

void warn(const EasgdOptions& options, const RuleSetting& setting) {
  warn_of_moving_rate(options.moving_rate, setting);
}

}  // namespace tusk::strategies
