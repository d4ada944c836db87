// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "net/layers/layer.hpp"

namespace tusk::layers {

// The registry of layers: one line for each, whose definition is its source file.
std::unique_ptr<Layer> make(const DenseOptions&, const Shape& input, const std::string& key);
std::unique_ptr<Layer> make(const ActivationOptions&, const Shape& input, const std::string& key);
std::unique_ptr<Layer> make(const DropoutOptions&, const Shape& input, const std::string& key);
std::unique_ptr<Layer> make(const FlattenOptions&, const Shape& input, const std::string& key);

}  // namespace tusk::layers
