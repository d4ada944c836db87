// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "experiment/model_options.hpp"
#include "tusk/layer.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {

// The layer that the options describe, Tusk's or a user's, for inputs of these shapes. graph::Model
// calls it for each of its layers. Error(bad_experiment) that begins with `key`, as in
// "model.layers.2.units must be …", if there can be no such layer.
std::unique_ptr<Layer> make_layer(const LayerOptions& options, std::span<const Shape> inputs,
                                  const std::string& key);

// In how many rows a layer of this kind looks its input up, of which its numbers are then indices;
// none if it does not.
std::optional<std::size_t> index_limit(const LayerOptions& options);

}  // namespace tusk::layers
