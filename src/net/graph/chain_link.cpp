// SPDX-License-Identifier: Apache-2.0
#include "net/graph/chain_link.hpp"

#include <vector>

#include "tusk/error.hpp"

namespace tusk::graph {

using layers::InputGradient;
using layers::LayerMemory;

bool is_its_input(const LayerMemory& memory) {
  return !memory.views.empty() && memory.views.front().has_value();
}

InputGradient gradient_of_input(const LayerMemory& memory) {
  return memory.gradients.empty() ? InputGradient::made : memory.gradients.front();
}

void require_link(const layers::Layer& layer, const Shape& input, bool is_wanted,
                  const std::string& key) {
  const std::vector<Shape> outputs = layer.output_shapes();
  if (outputs.size() != 1) {
    fail(ExitCode::bad_experiment,
         "{}: it has {} outputs, but a layer of a chain has one, which the next layer takes", key,
         outputs.size());
  }
  for (const layers::Parameter& parameter : layer.parameters()) {
    if (parameter.role == layers::Role::statistic) {
      fail(ExitCode::bad_experiment,
           "{}: '{}' is a moving statistic, and this version trains no layers that have one", key,
           parameter.name);
    }
    if (parameter.frozen) {
      fail(ExitCode::bad_experiment,
           "{}: '{}' is frozen, and this version trains all parameters of a model", key,
           parameter.name);
    }
  }
  for (const layers::Mode mode : {layers::Mode::training, layers::Mode::inference}) {
    const LayerMemory memory = layer.memory(mode);
    const InputGradient gradient = gradient_of_input(memory);
    const bool is_in_place = gradient == InputGradient::in_place || gradient == InputGradient::same;
    if ((is_its_input(memory) || is_in_place) && outputs.front().elements() != input.elements()) {
      fail(ExitCode::internal,
           "{}: its output {} would have to lie in the memory of its input {}, or its gradient in "
           "that of the output's",
           key, outputs.front().to_string(), input.to_string());
    }
    if (gradient == InputGradient::none && !is_its_input(memory) && is_wanted) {
      fail(ExitCode::bad_experiment,
           "{}: it gives its input no gradient, but layers before it have weights to train", key);
    }
  }
}

}  // namespace tusk::graph
