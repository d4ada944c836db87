// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "tusk/named.hpp"

namespace tusk {

// Keras's activations of the same names, with Keras's constants.
enum class Activation {
  linear,
  relu,
  sigmoid,
  tanh,
  softmax,
  elu,
  selu,
  softplus,
  leaky_relu,
  silu,
  gelu,
  hard_sigmoid,         // Keras 3's
  hard_sigmoid_keras2,  // what Keras 1 and 2 call so
};

constexpr auto names_of(Activation) {
  return std::to_array<Named<Activation>>(
      {{"linear", Activation::linear},
       {"relu", Activation::relu},
       {"sigmoid", Activation::sigmoid},
       {"tanh", Activation::tanh},
       {"softmax", Activation::softmax},
       {"elu", Activation::elu},
       {"selu", Activation::selu},
       {"softplus", Activation::softplus},
       {"leaky_relu", Activation::leaky_relu},
       {"silu", Activation::silu},
       {"swish", Activation::silu},
       {"gelu", Activation::gelu},
       {"hard_sigmoid", Activation::hard_sigmoid},
       {"hard_sigmoid_keras2", Activation::hard_sigmoid_keras2}});
}

}  // namespace tusk
