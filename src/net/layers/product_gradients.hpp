// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "net/kernels/products.hpp"
#include "tusk/gradient_sink.hpp"
#include "tusk/team.hpp"

// Handing over the gradients of weights that stand in products z = W x + b. Dense and the recurrent
// layers call it.
namespace tusk::layers {

// dW and db in parts: rows `row`, row + 1, … of dW are dz xᵀ.
struct ProductPart {
  std::size_t row = 0;
  kernels::ConstRows dz{nullptr, 0, 0};
  kernels::ConstRows x{nullptr, 0, 0};
};
struct ProductGradient {
  std::array<ProductPart, 2> parts = {};
  std::size_t count = 1;

  std::span<const ProductPart> all() const { return std::span(parts).first(count); }
  std::size_t rows() const { return parts[count - 1].row + parts[count - 1].dz.rows; }
  std::size_t columns() const { return parts[0].x.rows; }
  std::size_t samples() const { return parts[0].dz.cols; }
};

// dW, column by column from parameter `offset` on.
void hand_over_kernel(kernels::Team& team, const ProductGradient& products, std::size_t offset,
                      LayerGradients gradients);

// db = Σ of dz's columns, from parameter `offset` on.
void hand_over_bias(kernels::Team& team, const ProductGradient& products, std::size_t offset,
                    LayerGradients gradients);

}  // namespace tusk::layers
