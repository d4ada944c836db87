// SPDX-License-Identifier: Apache-2.0
// Tiles of a convolution's product over images of few channels, as those that a network is given.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "net/kernels/convolution_tiles.hpp"

namespace tusk::kernels {

// With 1 or 3 channels a sum has so few terms that what surrounds a tile takes as long as the tile.
// Here a tile is of neighbours in one row, whose windows overlap: one address serves them all, and
// the distances between them are known when this is compiled. It has one of several widths, for as
// few pixels too many in a row as can be: the last tile of a row begins early enough to be whole,
// and some of its pixels are computed twice, the same to the bit.
inline constexpr std::size_t least_width = wide_tile - 1;
inline constexpr std::size_t widths = wide_tile == 8 ? 3 : 2;  // for which there are registers

inline bool has_few_channels(const Product& product) {
  const Windows& windows = product.windows;
  return (windows.channels == 1 || windows.channels == 3) && product.groups == 1 &&
         windows.cols.stride == 1 && windows.cols.step == 1 && product.col_stride == 1 &&
         windows.cols.outputs >= least_width;
}

// The best width for so many pixels in a row, as an index: least_width + it.
inline std::size_t best_width(std::size_t cols) {
  const auto computed = [cols](std::size_t i) {
    const std::size_t width = least_width + i;
    return (cols + width - 1) / width * width;
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < widths && least_width + i <= cols; ++i) {
    if (computed(i) <= computed(best)) best = i;
  }
  return best;
}

// multiply_rows() for such a product.
template <std::size_t vectors, std::size_t channels, std::size_t width>
void multiply_neighbours(const Product& product, const Walk& walk, const WindowRows& rows,
                         std::size_t /*source_channel*/,
                         const std::array<Real*, WindowRows::most>& to, const Real* panel,
                         const PanelOutputs& outputs) {
  const std::size_t to_step = product.output_channels;
  const std::size_t cols = product.windows.cols.outputs;
  alignas(64) Real bias[vectors * lanes];
  outputs.copy_bias(bias);
  const Real* limit = outputs.is_all ? to[rows.count() - 1] + cols * to_step : nullptr;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    for (std::size_t next = 0; next < cols; next += width) {
      const std::size_t col = std::min(next, cols - width);
      const Real* window = rows.from(row) + col * channels;
      const Real* terms = panel;
      Vector sums[width][vectors]{};
      for (std::size_t tap = 0; tap < walk.rows; ++tap, window += walk.row_stride) {
        const Real* const end = window + walk.length;
        for (const Real* at = window; at < end; ++at, terms += vectors * lanes) {
          Vector column[vectors];
#pragma GCC unroll 8
          for (std::size_t v = 0; v < vectors; ++v) column[v] = load(terms + v * lanes);
#pragma GCC unroll 9
          for (std::size_t j = 0; j < width; ++j) {
#pragma GCC unroll 8
            for (std::size_t v = 0; v < vectors; ++v) sums[j][v] += column[v] * at[j * channels];
          }
        }
      }
      Real* target = to[row] + col * to_step + outputs.channel;
#pragma GCC unroll 9
      for (std::size_t j = 0; j < width; ++j, target += to_step) {
        write(sums[j], outputs, bias, target, limit);
      }
    }
  }
}

}  // namespace tusk::kernels
