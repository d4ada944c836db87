// SPDX-License-Identifier: Apache-2.0
#include "net/layers/make_layer.hpp"

#include <type_traits>
#include <variant>

#include "net/layers/layers.hpp"
#include "net/layers/user_layer.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {

std::unique_ptr<Layer> make_layer(const LayerOptions& options, std::span<const Shape> inputs,
                                  const std::string& key) {
  return std::visit(
      [&]<typename Kind>(const Kind& kind) {
        if constexpr (std::is_same_v<Kind, UserLayer>) {
          return make_user_layer(kind, inputs, key);
        } else {
          return make(kind, inputs, key);
        }
      },
      options);
}

const Shape& only_input(std::span<const Shape> inputs, const std::string& key) {
  if (inputs.size() != 1) {
    fail(ExitCode::bad_experiment, "{}: it takes one input, but has {}", key, inputs.size());
  }
  return inputs.front();
}

}  // namespace tusk::layers
