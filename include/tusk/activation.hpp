// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "tusk/named.hpp"

namespace tusk {

// Keras's activations of the same names, with Keras's constants.
enum class Activation { linear, relu, sigmoid, tanh, softmax, elu, selu, softplus, leaky_relu };

constexpr auto names_of(Activation) {
  return std::to_array<Named<Activation>>({{"linear", Activation::linear},
                                           {"relu", Activation::relu},
                                           {"sigmoid", Activation::sigmoid},
                                           {"tanh", Activation::tanh},
                                           {"softmax", Activation::softmax},
                                           {"elu", Activation::elu},
                                           {"selu", Activation::selu},
                                           {"softplus", Activation::softplus},
                                           {"leaky_relu", Activation::leaky_relu}});
}

}  // namespace tusk
