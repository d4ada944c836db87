// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/function_ref.hpp"
#include "tusk/matrix.hpp"
#include "tusk/team.hpp"

namespace tusk::kernels {

// The three products of a dense layer, which calls them, with kernel W (out, in), inputs x (in,
// batch) and the gradient dz (out, batch) of its pre-activations. Each overwrites its matrix
// argument that is not constant. Every element is the same sum in the same order, whoever computes
// it.
//
// products.cpp computes a product tile by tile of the result, with panels of a factor that are
// packed in the order in which they are read (packing.hpp); product_by_samples.cpp has another way
// for Wᵀ dz, which multiply_transposed() takes at batches that fill vectors.

// What the caller still wants done with a part of one column of the product once its sums are
// complete and while they are in the cache: rows `row`, row + 1, … of it. Which rows come together
// depends on the product's shape alone. Called on any thread of the team.
using FinishColumn = FunctionRef<void(std::size_t row, Span values)>;

void multiply(Team& team, ConstMatrix w, ConstMatrix x, Matrix y, FinishColumn finish);  // y = W x
void multiply_transposed(Team& team, ConstMatrix w, ConstMatrix dz, Matrix dx);  // dx = Wᵀ dz

// dw = the columns of dW = dz xᵀ from `first` on, as many as dw has. Computes on the calling thread
// alone, so that a layer can hand over its gradients column by column.
void multiply_by_transpose(ConstMatrix dz, ConstMatrix x, std::size_t first, Matrix dw);

}  // namespace tusk::kernels
