// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/elastic_rule.hpp"

namespace tusk::strategies {

void ElasticRule::on_start(std::span<float> weights) { join(weights); }

void ElasticRule::on_window_start(std::span<float> /*weights*/) { due_ = true; }

void ElasticRule::on_gradients(std::span<const float> weights, std::span<float> /*gradients*/,
                               std::size_t /*samples*/) {
  if (!due_) return;
  force_.resize(weights.size());
  exchange(weights, force_);
  due_ = false;
  pulling_ = true;
}

void ElasticRule::on_step(std::span<float> weights) {
  if (!pulling_) return;
  apply_force(weights);
  pulling_ = false;
}

void ElasticRule::on_window_end(std::span<float> /*weights*/, const Window& /*window*/) {}

void ElasticRule::on_finish(std::span<float> weights) {
  force_.resize(weights.size());
  exchange(weights, force_);
  apply_force(weights);
}

void ElasticRule::apply_force(std::span<float> weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] -= force_[i];
}

}  // namespace tusk::strategies
