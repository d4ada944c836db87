// SPDX-License-Identifier: Apache-2.0
#include "net/layers/layer.hpp"

#include <variant>

#include "net/layers/layers.hpp"

namespace tusk::layers {

std::unique_ptr<Layer> make_layer(const LayerOptions& options, const Shape& input,
                                  const std::string& key) {
  return std::visit([&](const auto& kind) { return make(kind, input, key); }, options);
}

}  // namespace tusk::layers
