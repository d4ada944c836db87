// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "net/graph/network_graph.hpp"
#include "tusk/layer.hpp"
#include "tusk/parameter.hpp"

// What build_graph() asks of a layer before it becomes a node: that what it says of itself goes
// together. `key` is the layer's, with which messages begin.
namespace tusk::graph {

// Error(internal) if what the layer says of its memory does not go with its shapes, for inputs that
// are these values.
void require_sound(const layers::Layer& layer, const std::vector<std::size_t>& inputs,
                   const std::vector<GraphValue>& values, const std::string& key);

// Error(bad_experiment) if the layer gives input `input` no gradient, although layers before it are
// trained.
void require_gradient(const layers::Layer& layer, std::size_t input, const std::string& key);

// What the layer says of the gradient of input `input`; whether its output `output` is an input.
layers::InputGradient gradient_of_input(const layers::LayerMemory& memory, std::size_t input);
bool is_an_input(const layers::LayerMemory& memory, std::size_t output);

// Whether the arrays with this role are frozen by the layer itself. Error(internal) if some are and
// others not: they lie in one part of the flat vector.
bool require_one_kind(const std::vector<layers::Parameter>& arrays, layers::Role role,
                      const std::string& key);

// Error(bad_experiment) if a layer that is called again would need other arrays for these inputs
// than for those of its first call. `layer` is its name.
void require_same_arrays(const std::vector<layers::Parameter>& first,
                         const std::vector<layers::Parameter>& again, const std::string& key,
                         const std::string& layer);

}  // namespace tusk::graph
