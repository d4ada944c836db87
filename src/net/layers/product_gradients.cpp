// SPDX-License-Identifier: Apache-2.0
#include "net/layers/product_gradients.hpp"

#include <algorithm>

#include "net/kernels/packing.hpp"

namespace tusk::layers {
namespace {

constexpr std::size_t tile_columns = 8;  // the products' tiles have as many columns at most

// Hands over some columns of dW in blocks: small enough to stay in the cache until they are taken,
// and large enough to be worth reading dz for.
void hand_over_columns(const ProductGradient& products, const kernels::Share& columns,
                       std::size_t offset, LayerGradients gradients) {
  constexpr std::size_t block_size = 32 * 1024;
  const std::size_t rows = products.rows();
  const std::size_t worth_it = std::min(products.samples(), kernels::in_place_columns);
  const std::size_t fitting = std::max({block_size / rows, worth_it, tile_columns});
  const std::size_t block = fitting / tile_columns * tile_columns;
  for (std::size_t first = columns.first; first < columns.last; first += block) {
    const std::size_t wide = std::min(block, columns.last - first);
    const std::size_t begin = offset + first * rows;
    const Span room = gradients.room(begin, wide * rows, offset + columns.first * rows);
    for (const ProductPart& part : products.all()) {
      kernels::multiply_by_transpose(part.dz, part.x, first,
                                     {room.data() + part.row, part.dz.rows, wide, rows});
    }
    gradients.take(begin, room);
  }
}

}  // namespace

void hand_over_kernel(kernels::Team& team, const ProductGradient& products, std::size_t offset,
                      LayerGradients gradients) {
  team.share(
      products.columns(), tile_columns, products.rows() * products.samples(),
      [&](const kernels::Share& share) { hand_over_columns(products, share, offset, gradients); });
}

void hand_over_bias(kernels::Team& team, const ProductGradient& products, std::size_t offset,
                    LayerGradients gradients) {
  team.share(products.rows(), 16, products.samples(), [&](const kernels::Share& share) {
    const std::size_t count = share.last - share.first;
    const Span db = gradients.room(offset + share.first, count, offset + share.first);
    std::ranges::fill(db, Real{0});
    for (const ProductPart& part : products.all()) {
      const std::size_t first = std::max(share.first, part.row);
      const std::size_t last = std::min(share.last, part.row + part.dz.rows);
      if (first >= last) continue;
      Real* sums = db.data() + (first - share.first);
      for (std::size_t sample = 0; sample < part.dz.cols; ++sample) {
        const Real* dz = part.dz.data + sample * part.dz.stride + (first - part.row);
#pragma GCC ivdep
        for (std::size_t i = 0; i < last - first; ++i) sums[i] += dz[i];
      }
    }
    gradients.take(offset + share.first, db);
  });
}

}  // namespace tusk::layers
