// SPDX-License-Identifier: Apache-2.0
// Tiles of a kernel's gradient: the innermost loops of kernel_gradient.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "net/kernels/convolution.hpp"
#include "net/kernels/packing.hpp"
#include "net/kernels/window_rows.hpp"

namespace tusk::kernels {

// A tile is up to 3 vectors of filters by 8 terms: rows of the kernel as a matrix. Its sums stay in
// registers for some rows of the small image, which is read where it lies. Where its filters do not
// fill vectors, these hold the next pixel's, too, which nobody stores; the last rows of all
// are read from a copy, so that nothing is read beyond them.
inline constexpr std::size_t most_tile_vectors = 3;
inline constexpr std::size_t tile_terms = kernel_gradient_grain;
inline constexpr std::size_t most_tile_terms =
    tile_terms + 1;  // the last tile's: 3 by 3 of one channel

// Some rows of the small image, some filters of it: row i begins at from[i], a pixel every step[i].
struct SmallRows {
  std::array<const Real*, WindowRows::most> from;
  std::array<std::size_t, WindowRows::most> step;
};

// What a tile's terms are, in numbers from a window's first one; the last is repeated where there
// are fewer.
using TermOffsets = std::size_t[most_tile_terms];

// Adds sums of vectors to `width` numbers.
template <std::size_t vectors>
[[gnu::always_inline]] inline void add_to(Real* to, const Vector (&sums)[vectors],
                                          std::size_t width) {
  if (width == vectors * lanes) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
      store(load(to + v * lanes) + sums[v], to + v * lanes);
    }
    return;
  }
  alignas(64) Real row[vectors * lanes];
#pragma GCC unroll 8
  for (std::size_t v = 0; v < vectors; ++v) store(sums[v], row + v * lanes);
  for (std::size_t f = 0; f < width; ++f) to[f] += row[f];
}

// `bias`: with_bias, where the sums of the small image are added.
template <std::size_t vectors, std::size_t terms, bool with_bias>
void add_tile(const WindowRows& rows, const TermOffsets& offsets, std::size_t cols,
              std::size_t stride, const SmallRows& small, std::size_t width, Real* to,
              std::size_t to_stride, Real* bias) {
  Vector sums[terms][vectors]{};
  Vector bias_sums[vectors]{};
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const Real* at[terms];
#pragma GCC unroll 9
    for (std::size_t j = 0; j < terms; ++j) at[j] = rows.from(row) + offsets[j];
    const Real* pixel = small.from[row];
    const std::size_t step = small.step[row];
    const std::size_t end = cols * stride;
    for (std::size_t k = 0; k < end; k += stride, pixel += step) {
      Vector column[vectors];
#pragma GCC unroll 8
      for (std::size_t v = 0; v < vectors; ++v) {
        column[v] = load(pixel + v * lanes);
        if constexpr (with_bias) bias_sums[v] += column[v];
      }
#pragma GCC unroll 9
      for (std::size_t j = 0; j < terms; ++j) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) sums[j][v] += column[v] * at[j][k];
      }
    }
  }
#pragma GCC unroll 9
  for (std::size_t j = 0; j < terms; ++j) add_to(to + j * to_stride, sums[j], width);
  if constexpr (with_bias) add_to(bias, bias_sums, width);
}

using AddTile = void (*)(const WindowRows&, const TermOffsets&, std::size_t, std::size_t,
                         const SmallRows&, std::size_t, Real*, std::size_t, Real*);

template <std::size_t vectors, std::size_t... terms>
constexpr std::array<AddTile, most_tile_terms> tiles_of(std::index_sequence<terms...>) {
  return {add_tile<vectors, terms + 1, false>...};
}

// With the bias: tiles of 8 and of 9 terms, which have the time for it while they multiply.
template <std::size_t vectors>
inline constexpr std::array<AddTile, 2> tiles_with_bias{add_tile<vectors, tile_terms, true>,
                                                        add_tile<vectors, most_tile_terms, true>};
inline constexpr std::array<std::array<AddTile, 2>, most_tile_vectors> add_tiles_with_bias{
    tiles_with_bias<1>, tiles_with_bias<2>, tiles_with_bias<3>};

inline constexpr std::make_index_sequence<most_tile_terms> each_count;
inline constexpr std::array<std::array<AddTile, most_tile_terms>, most_tile_vectors> add_tiles{
    tiles_of<1>(each_count), tiles_of<2>(each_count), tiles_of<3>(each_count)};

}  // namespace tusk::kernels
