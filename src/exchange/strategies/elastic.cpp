// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/elastic.hpp"

#include "exchange/center/center_variable.hpp"

namespace tusk::strategies {

Elastic::Elastic(center::CenterVariable& center, std::size_t communication_window, double alpha,
                 Lead lead)
    : center_(center),
      communication_window_(communication_window),
      alpha_(static_cast<float>(alpha)),
      lead_(lead),
      force_(center.size()) {}

void Elastic::on_start(std::span<float> weights) { center_.pull(weights); }

void Elastic::on_window_start(std::span<float> /*weights*/) { due_ = true; }

void Elastic::on_gradients(std::span<const float> weights, std::span<float> /*gradients*/,
                           std::size_t /*samples*/) {
  if (!due_) return;
  exchange(weights);
  due_ = false;
  pulling_ = true;
}

void Elastic::on_step(std::span<float> weights) {
  if (!pulling_) return;
  apply_force(weights);
  pulling_ = false;
}

void Elastic::on_window_end(std::span<float> /*weights*/, const Window& /*window*/) {}

void Elastic::on_finish(std::span<float> weights) {
  exchange(weights);
  apply_force(weights);
}

void Elastic::exchange(std::span<const float> weights) {
  std::span<const float> position = weights;
  if (!lead_.velocity.empty()) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      force_[i] = weights[i] - lead_.momentum * lead_.velocity[i];
    }
    position = force_;
  }
  center_.elastic(position, alpha_, force_);
}

void Elastic::apply_force(std::span<float> weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] -= force_[i];
}

}  // namespace tusk::strategies
