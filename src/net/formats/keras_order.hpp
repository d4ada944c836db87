// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "net/graph/model.hpp"
#include "tusk/parameter.hpp"

// Keras pairs the weights in a file with the layers of a model by their order alone, and that is
// not the order in which a configuration lists the layers of a graph: when it loads one, it sorts
// them itself (map_graph() in keras/src/ops/function.py, _map_graph_network() of Keras 2, which do
// the same). A file in another order has, where shapes agree, one layer's weights in another
// without a word. So whatever is written for Keras is in this order, the configuration as well, so
// that whoever goes by that finds the weights, too.
namespace tusk::formats {

// The layers of a model, by their places in graph().layers. Those of a chain are as they stand.
// Otherwise by depth, the longest way from a layer to an output, the deepest first; of a layer that
// is called several times it is that of its deepest call, as far as Keras has seen it by then.
// Those of the same depth in the order in which a search from the outputs on, the inputs of each
// call in their order, first meets them.
std::vector<std::size_t> keras_order(const graph::Model& model);

// The model's arrays, those of each layer together, layers in this order.
std::vector<layers::Parameter> parameters_in_keras_order(const graph::Model& model);

}  // namespace tusk::formats
