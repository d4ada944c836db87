// SPDX-License-Identifier: Apache-2.0
#include "net/layers/layer.hpp"

#include <type_traits>
#include <variant>

#include "net/layers/layers.hpp"

namespace tusk::layers {

std::unique_ptr<Layer> make_layer(const LayerOptions& options, const Shape& input,
                                  const std::string& key) {
  return std::visit(
      [&]<typename Kind>(const Kind& kind) {
        if constexpr (std::is_same_v<Kind, UserLayer>) {
          return kind.kind->make(kind.options, input, key);
        } else {
          return make(kind, input, key);
        }
      },
      options);
}

}  // namespace tusk::layers
