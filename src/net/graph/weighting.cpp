// SPDX-License-Identifier: Apache-2.0
#include "net/graph/weighting.hpp"

#include <cstddef>

namespace tusk::graph {

double weighted_sum(const Loss& loss, ConstMatrix outputs, const Targets& targets) {
  if (targets.weights.empty()) return loss.sum(outputs, targets);
  double total = 0.0;
  for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
    const ConstMatrix one(outputs.col(sample).data(), outputs.rows(), 1);
    total += targets.weights[sample] * loss.sum(one, targets.sample(sample));
  }
  return total;
}

double sum_of_weights(const Targets& targets, std::size_t samples) {
  if (targets.weights.empty()) return static_cast<double>(samples);
  double total = 0.0;
  for (const double weight : targets.weights) total += weight;
  return total;
}

void weigh_gradient(const Targets& targets, Matrix dy) {
  for (std::size_t sample = 0; sample < targets.weights.size(); ++sample) {
    const auto weight = static_cast<Real>(targets.weights[sample]);
    for (Real& number : dy.col(sample)) number *= weight;
  }
}

}  // namespace tusk::graph
