// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/activation.hpp"
#include "tusk/matrix.hpp"
#include "tusk/real.hpp"
#include "tusk/team.hpp"

namespace tusk::kernels {

// Keras 3's activation functions, on one sample's features. Layers call them, and the model where
// a loss takes the last activation over.
//   relu        max(x, 0)                    elu         x > 0 ? x : eˣ − 1
//   sigmoid     1/(1 + e⁻ˣ)                  selu        1.0507… (x > 0 ? x : 1.6733… (eˣ − 1))
//   tanh                                     softplus    log(1 + eˣ)
//   softmax     eˣ/Σeˣ over the features     leaky_relu  x > 0 ? x : 0.2 x
//   linear      x                            silu        x/(1 + e⁻ˣ)
//   gelu        x Φ(x), Φ the normal distribution's, exactly (not by tanh)
//   hard_sigmoid         min(max(x/6 + 1/2, 0), 1)
//   hard_sigmoid_keras2  min(max(x/5 + 1/2, 0), 1), which Keras 1 and 2 call hard_sigmoid

// values = activation(values).
void activate(Activation activation, Span values);

// Most of these functions have a derivative that can be told from their value. Those that have not
// go down before they go up: activation_gradient() has to be told their input.
constexpr bool gradient_is_told_by_input(Activation activation) {
  return activation == Activation::silu || activation == Activation::gelu;
}

// Given y = activation(x) and dy: dy becomes dx. `told_by` is y, or x where
// gradient_is_told_by_input().
void activation_gradient(Activation activation, ConstSpan told_by, Span dy);

// activation_gradient() for each sample of a batch, shared out over the team's threads.
void activation_gradient(Activation activation, ConstMatrix told_by, Matrix dy, Team& team);

// What activate() or activation_gradient() costs for one element, for Team::share: about as much as
// so many multiplications and additions of a matrix product.
constexpr std::size_t activation_cost = 8;

}  // namespace tusk::kernels
