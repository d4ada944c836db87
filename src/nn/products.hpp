// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/core/matrix.hpp"

namespace tusk::nn {

// The three products of a dense layer with kernel W (out, in), inputs x (in, batch) and the
// gradient dz (out, batch) of its pre-activations. Each overwrites its last argument.

void multiply(ConstMatrix w, ConstMatrix x, Matrix y);               // y = W x
void multiply_transposed(ConstMatrix w, ConstMatrix dz, Matrix dx);  // dx = Wᵀ dz

// Columns of dW = dz xᵀ from `first` on, as many as dw has.
void multiply_by_transpose(ConstMatrix dz, ConstMatrix x, std::size_t first, Matrix dw);

}  // namespace tusk::nn
