// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "experiment/model_options.hpp"
#include "tusk/extensions.hpp"

namespace tusk::formats {

// The options of a layer of ours in Keras's configuration, and back: an entry of the list of layers
// in model_config. The class is the type in Keras's capitals ("Dense"), for a user's layer
// "package>name". The options, with their rules, are those of describe(); a table in
// keras_layer.cpp has what Keras's classes have beyond them.

// {"class_name": "Dense", "config": {"name": …, "units": …}}, as Keras 2 and 3 read it.
nlohmann::ordered_json write_keras_layer(const LayerOptions& layer, const std::string& name);

// What Keras of any version, or we, wrote. Error(bad_data) that names `path` and the layer if it is
// of a type that we do not have, or has a property that we do not have or that breaks its rule.
// Throws nlohmann::json::exception if it is no layer at all.
LayerOptions read_keras_layer(const nlohmann::json& entry, const std::string& path,
                              const Extensions& extensions);

// What the layer is if Keras 1 or 2 wrote it: their hard_sigmoid is another than Keras 3's.
void mean_as_before_keras3(LayerOptions& layer);

// "m.h5: layer 'out' (Dense)": where the messages about a layer begin.
std::string keras_layer_place(const nlohmann::json& entry, const std::string& path);

}  // namespace tusk::formats
