// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "net/formats/model_config.hpp"
#include "tusk/extensions.hpp"

namespace tusk::formats {

// The graph of Keras's Functional: `config` is its configuration, as Keras 3 or we wrote it, or
// Keras 2 where a layer's calls have plain tensors alone. A value that a call reads is named after
// the layer that makes it: "a", "a:1" for a's second call, "a#1" for its second output.
// Error(bad_data) that names `path` and the layer. Throws nlohmann::json::exception if it is no
// such configuration at all.
ModelConfig read_functional(const nlohmann::json& config, const std::string& path,
                            const Extensions& extensions);

// Keras's JSON. Error(bad_data) that names `path` if it is nested deeper than any that Keras
// writes, so that whoever goes through it may do so by recursion; Json::exception if it is no JSON.
nlohmann::json parse_keras_json(const std::string& json, const std::string& path);

// [null, 28, 28] without the batch. `where` begins messages.
Shape read_keras_shape(const nlohmann::json& shape, const std::string& where);

}  // namespace tusk::formats
