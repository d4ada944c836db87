// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tusk/layer.hpp"
#include "tusk/shape.hpp"

// What a layer must be to stand in a chain, whose layers take the output of the one before. Model
// and make_workspace ask.
namespace tusk::graph {

// Error(bad_experiment) that begins with `key`, the layer's, if it is something that a chain cannot
// compute with: several outputs, statistics, frozen parameters, or no gradient for `input` although
// it `is_wanted` because layers before it are trained. Error(internal) if what the layer says of
// its memory does not go with its shapes.
void require_link(const layers::Layer& layer, const Shape& input, bool is_wanted,
                  const std::string& key);

// Whether a layer's one output is its input, and what it says of its input's gradient.
bool is_its_input(const layers::LayerMemory& memory);
layers::InputGradient gradient_of_input(const layers::LayerMemory& memory);

}  // namespace tusk::graph
