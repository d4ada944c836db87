// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "reference.hpp"
#include "tusk/random.hpp"
#include "tusk/strategy.hpp"

namespace tusk::strategies::testing {

// A window as the worker's loop drives it, with steps x += steps[0], x += steps[1], …, when so many
// workers have ended.
inline void run_window(Strategy& strategy, std::vector<float>& x, const std::vector<Vector>& steps,
                       std::size_t ended = 0) {
  std::vector<float> gradients(x.size());
  strategy.on_window_start(x);
  for (const Vector& step : steps) {
    strategy.on_gradients(x, gradients, 1);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += static_cast<float>(step[i]);
    strategy.on_step(x);
  }
  strategy.on_window_end(x, {.steps = steps.size(), .samples = steps.size(), .ended = ended});
}

// The largest difference, relative to 1 + |reference|.
inline double distance(std::span<const float> values, const Vector& reference) {
  double largest = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    largest =
        std::max(largest, std::abs(values[i] - reference[i]) / (1.0 + std::abs(reference[i])));
  }
  return largest;
}

inline std::vector<float> random_weights(std::size_t size) {
  std::vector<float> weights(size);
  Random random(3, Stream::initial_weights);
  for (float& weight : weights) weight = static_cast<float>(random.normal());
  return weights;
}

inline std::vector<Vector> random_steps(Random& random, std::size_t count, std::size_t size) {
  std::vector<Vector> steps(count, Vector(size));
  for (Vector& step : steps) {
    for (double& value : step) value = random.uniform(-0.5, 0.5);
  }
  return steps;
}

}  // namespace tusk::strategies::testing
