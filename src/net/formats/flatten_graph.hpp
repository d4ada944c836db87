// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/formats/keras_graph.hpp"
#include "net/formats/model_config.hpp"
#include "tusk/extensions.hpp"

namespace tusk::formats {

// One graph of layers of ours of a model of Keras's and all models within it. What is in a model
// `tower` is called `tower.dense`, and called again, with the same weights, wherever `tower` is. A
// value is named after the layer that makes it: "a", "a:1" for a's second call, "a#1" for its
// second output. `is_keras3`: whose words the layers are in.
//
// A Sequential, whatever is within it, becomes a chain if the layers stand one behind the other.
//
// Error(bad_data) that names `path` and the layer.
ModelConfig flatten_graph(const KerasGraph& graph, const std::string& path, bool is_keras3,
                          const Extensions& extensions);

}  // namespace tusk::formats
