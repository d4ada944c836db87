// SPDX-License-Identifier: Apache-2.0
#include "net/graph/check_node.hpp"

#include <algorithm>

#include "tusk/error.hpp"

namespace tusk::graph {

using layers::InputGradient;
using layers::LayerMemory;

InputGradient gradient_of_input(const LayerMemory& memory, std::size_t input) {
  return input < memory.gradients.size() ? memory.gradients[input] : InputGradient::made;
}

bool is_an_input(const LayerMemory& memory, std::size_t output) {
  return output < memory.views.size() && memory.views[output].has_value();
}

void require_sound(const layers::Layer& layer, const std::vector<std::size_t>& inputs,
                   const std::vector<GraphValue>& values, const std::string& key) {
  const std::vector<Shape> outputs = layer.output_shapes();
  if (outputs.empty()) fail(ExitCode::internal, "{}: it has no output", key);
  for (const layers::Mode mode : {layers::Mode::training, layers::Mode::inference}) {
    const LayerMemory memory = layer.memory(mode);
    const auto require_equal = [&](const Shape& output, std::size_t input) {
      if (input < inputs.size() && values[inputs[input]].shape.elements() == output.elements()) {
        return;
      }
      fail(ExitCode::internal,
           "{}: its output {} would have to lie in the memory of its input {}, or its gradient in "
           "that of the output's",
           key, output.to_string(),
           input < inputs.size() ? values[inputs[input]].shape.to_string() : "that is not there");
    };
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (is_an_input(memory, i)) require_equal(outputs[i], *memory.views[i]);
    }
    std::size_t in_place = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const InputGradient gradient = gradient_of_input(memory, i);
      if (gradient == InputGradient::in_place || gradient == InputGradient::same) {
        require_equal(outputs.front(), i);
      }
      if (gradient == InputGradient::in_place) ++in_place;
    }
    if (in_place > 1) {
      fail(ExitCode::internal, "{}: it makes {} gradients in the place of one", key, in_place);
    }
  }
}

void require_gradient(const layers::Layer& layer, std::size_t input, const std::string& key) {
  const LayerMemory memory = layer.memory(layers::Mode::training);
  const bool is_view = std::ranges::find(memory.views, std::optional(input)) != memory.views.end();
  if (is_view || gradient_of_input(memory, input) != InputGradient::none) return;
  fail(ExitCode::bad_experiment,
       "{}: it gives its input no gradient, but layers before it have weights to train", key);
}

bool require_one_kind(const std::vector<layers::Parameter>& arrays, layers::Role role,
                      const std::string& key) {
  const auto count = [&](bool frozen) {
    return std::ranges::count_if(arrays, [&](const layers::Parameter& array) {
      return array.role == role && array.frozen == frozen;
    });
  };
  if (count(true) > 0 && count(false) > 0) {
    fail(ExitCode::internal, "{}: some of its arrays of one role are frozen, others not", key);
  }
  return count(true) > 0;
}

void require_same_arrays(const std::vector<layers::Parameter>& first,
                         const std::vector<layers::Parameter>& again, const std::string& key,
                         const std::string& layer) {
  const bool are_as_many = first.size() == again.size();
  for (std::size_t i = 0; are_as_many && i < first.size(); ++i) {
    if (first[i].shape == again[i].shape) continue;
    fail(ExitCode::bad_experiment,
         "{}: the {} of layer '{}' has shape {}, but for the inputs of this call it would need {}",
         key, first[i].name, layer, first[i].shape.to_string(), again[i].shape.to_string());
  }
  if (!are_as_many) {
    fail(ExitCode::bad_experiment,
         "{}: layer '{}' has {} arrays, but for the inputs of this call it would need {}", key,
         layer, first.size(), again.size());
  }
}

}  // namespace tusk::graph
