// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/initializer_options.hpp"
#include "tusk/activation.hpp"

// Activations that are layers of their own, with Keras's names and defaults.
namespace tusk {

// y = activation(x), by its name (Keras's Activation).
struct ActivationOptions {
  static constexpr const char* type = "activation";
  static constexpr bool ends_in_activation = true;  // a loss may take its `activation` over
  Activation activation = Activation::linear;

  friend bool operator==(const ActivationOptions&, const ActivationOptions&) = default;
};

// y = min(x, max_value) above the threshold, negative_slope · (x − threshold) elsewhere.
struct ReluOptions {
  static constexpr const char* type = "relu";
  std::optional<double> max_value;  // none: no limit
  double negative_slope = 0.0;
  double threshold = 0.0;

  friend bool operator==(const ReluOptions&, const ReluOptions&) = default;
};

// y = x >= 0 ? x : negative_slope · x. The activation of this name has a slope of 0.2.
struct LeakyReluOptions {
  static constexpr const char* type = "leaky_relu";
  double negative_slope = 0.3;

  friend bool operator==(const LeakyReluOptions&, const LeakyReluOptions&) = default;
};

// y = max(x, 0) − α max(−x, 0), where α is learned: one for each of a sample's numbers, but for
// axes along which it is shared, counted from 1, as the batch is 0.
struct PreluOptions {
  static constexpr const char* type = "prelu";
  InitializerOptions alpha_initializer{.kind = InitializerKind::zeros};
  std::vector<std::size_t> shared_axes;

  friend bool operator==(const PreluOptions&, const PreluOptions&) = default;
};

// y = x > 0 ? x : alpha · (eˣ − 1)
struct EluOptions {
  static constexpr const char* type = "elu";
  double alpha = 1.0;

  friend bool operator==(const EluOptions&, const EluOptions&) = default;
};

// y = eˣ/Σeˣ along an axis, counted from 1, as the batch is 0, or from the end, from −1.
struct SoftmaxOptions {
  static constexpr const char* type = "softmax";
  std::int64_t axis = -1;

  friend bool operator==(const SoftmaxOptions&, const SoftmaxOptions&) = default;
};

}  // namespace tusk
