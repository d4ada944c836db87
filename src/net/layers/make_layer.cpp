// SPDX-License-Identifier: Apache-2.0
#include "net/layers/make_layer.hpp"

#include <optional>
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

std::optional<std::size_t> index_limit(const LayerOptions& options) {
  if (const auto* embedding = std::get_if<EmbeddingOptions>(&options)) return embedding->input_dim;
  if (const auto* steps = std::get_if<TimeDistributedOptions>(&options)) {
    return index_limit((*steps->layer).layer);
  }
  return std::nullopt;
}

const Shape& only_input(std::span<const Shape> inputs, const std::string& key) {
  if (inputs.size() != 1) {
    fail(ExitCode::bad_experiment, "{}: it takes one input, but has {}", key, inputs.size());
  }
  return inputs.front();
}

}  // namespace tusk::layers
