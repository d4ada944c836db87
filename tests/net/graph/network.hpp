// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/graph/model.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/random.hpp"

namespace tusk::graph {

inline AlignedVector<float> random_values(std::size_t count, double low, double high,
                                          std::uint32_t index = 0) {
  Random random(5, Stream::shuffle, index);
  AlignedVector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform(low, high));
  return values;
}

// A model with weights and everything a step of it needs, on inputs of noise.
struct Network {
  Network(const ModelOptions& options, const Shape& input, std::size_t batch)
      : model(options, input),
        workspace(model.make_workspace(batch, true)),
        weights(model.parameter_count()),
        gradients(model.parameter_count()),
        data(random_values(model.input_size() * batch, -1.0, 1.0)) {
    model.initialize(weights, 1);
  }
  ConstMatrix x(std::size_t samples) const { return {data.data(), model.input_size(), samples}; }

  Model model;
  Workspace workspace;
  AlignedVector<float> weights;
  AlignedVector<float> gradients;
  AlignedVector<float> data;
};

inline ModelOptions network_options(std::vector<LayerEntry> layers, LossKind loss,
                                    std::vector<MetricKind> metrics = {}) {
  ModelOptions options;
  options.layers = std::move(layers);
  options.loss = loss;
  options.metrics = std::move(metrics);
  return options;
}

}  // namespace tusk::graph
