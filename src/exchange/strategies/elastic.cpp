// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/elastic.hpp"

namespace tusk::strategies {

Elastic::Elastic(center::CenterVariable& center, std::size_t communication_window, double alpha,
                 Lead lead)
    : ElasticRule(communication_window),
      center_(center),
      alpha_(static_cast<float>(alpha)),
      lead_(lead) {}

void Elastic::exchange(std::span<const float> weights, std::span<float> force) {
  std::span<const float> position = weights;
  if (!lead_.velocity.empty()) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      force[i] = weights[i] - lead_.momentum * lead_.velocity[i];
    }
    position = force;
  }
  center_.elastic(position, alpha_, force);
}

}  // namespace tusk::strategies
