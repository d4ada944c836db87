// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "experiment/model_options.hpp"
#include "tusk/extensions.hpp"

namespace tusk::formats {

// Layers within a layer, as Bidirectional and TimeDistributed have one, in Keras's configuration.
// keras_layer reads and writes them by these.

// The layer within a layer of ours; null if it is of a kind that has none.
InnerLayer* inner_of(LayerOptions& layer);

// Of an entry that has one. Of Bidirectional Keras 3 writes two, of which the second must be the
// first, the other way round. Error(bad_data) that names `path` and the layer.
InnerLayer read_inner_layers(const nlohmann::json& outer, const std::string& path,
                             const Extensions& extensions);

// Adds the layer within `layer`, if it has one, to its configuration; `name` is the layer's.
void write_inner_layers(nlohmann::ordered_json& config, const LayerOptions& layer,
                        const std::string& name);

}  // namespace tusk::formats
