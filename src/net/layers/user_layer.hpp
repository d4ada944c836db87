// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "tusk/layer.hpp"
#include "tusk/options/user_object.hpp"

namespace tusk::layers {

// A user's layer, for make_layer(). A model takes what a layer says of itself for granted, so it is
// asked here: outputs and parameters have numbers, parameters have names of their own, and views
// are of inputs of the same size. Error(internal) that begins with `key` and names the layer
// otherwise; what the user's code throws begins with `key`, too.
std::unique_ptr<Layer> make_user_layer(const UserLayer& layer, std::span<const Shape> inputs,
                                       const std::string& key);

}  // namespace tusk::layers
