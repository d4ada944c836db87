// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "net/graph/model.hpp"
#include "tusk/random.hpp"

// Every gradient against central differences, in double precision.
namespace tusk {

static_assert(sizeof(Real) == 8, "central differences need the digits of double");

inline constexpr std::size_t batch = 5;
inline const layers::StepContext step{.seed = 3, .worker = 1, .step = 2};

inline AlignedVector<Real> random_values(std::size_t count, double low, double high,
                                         std::uint32_t index) {
  Random random(17, Stream::shuffle, index);
  AlignedVector<Real> values(count);
  for (Real& value : values) value = random.uniform(low, high);
  return values;
}

// The largest error of a component of the analytic gradient, relative to the component, or to a
// thousandth of the largest one where it is smaller than that.
inline double gradient_error(const ModelOptions& options, const Shape& input,
                             const Targets& targets) {
  const graph::Model model(options, input);
  graph::Workspace workspace = model.make_workspace(batch, true);
  const AlignedVector<Real> data = random_values(model.input_size() * batch, -1.0, 1.0, 1);
  const ConstMatrix x(data.data(), model.input_size(), batch);
  AlignedVector<Real> weights = random_values(model.parameter_count(), -0.8, 0.8, 2);
  AlignedVector<Real> gradients(weights.size());
  AlignedVector<Real> unused(weights.size());
  model.train_step(weights, x, targets, gradients, workspace, step);

  const auto loss = [&] {
    return model.train_step(weights, x, targets, unused, workspace, step).loss();
  };
  double largest = 0.0;
  for (const Real g : gradients) largest = std::max(largest, std::abs(g));
  REQUIRE(largest > 1e-4);
  double error = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    constexpr double h = 1e-5;
    const Real weight = weights[i];
    weights[i] = weight + h;
    const double above = loss();
    weights[i] = weight - h;
    const double below = loss();
    weights[i] = weight;
    const double difference = std::abs((above - below) / (2.0 * h) - gradients[i]);
    error = std::max(error, difference / std::max(std::abs(gradients[i]), 1e-3 * largest));
  }
  return error;
}

// Targets of three outputs in (0, 1); they do not add up to 1.
inline double error_with_values(const ModelOptions& options, const Shape& input = {4}) {
  const AlignedVector<Real> values = random_values(3 * batch, 0.05, 0.95, 3);
  return gradient_error(options, input, {.classes = {}, .values = {values.data(), 3, batch}});
}

inline double error_with_classes(const ModelOptions& options) {
  const std::vector<std::int32_t> classes{2, 0, 1, 1, 2};
  return gradient_error(options, {4}, {.classes = classes, .values = {}});
}

inline ModelOptions network(std::vector<LayerEntry> layers, LossKind loss) {
  ModelOptions options;
  options.layers = std::move(layers);
  options.loss = loss;
  return options;
}

}  // namespace tusk
