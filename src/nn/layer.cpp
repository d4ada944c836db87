// SPDX-License-Identifier: Apache-2.0
#include "tusk/nn/layer.hpp"

#include <variant>

#include "layers.hpp"

namespace tusk::nn {

std::unique_ptr<Layer> make_layer(const LayerOptions& options, const Shape& input,
                                  const std::string& key) {
  return std::visit([&](const auto& kind) { return make(kind, input, key); }, options);
}

}  // namespace tusk::nn
