// SPDX-License-Identifier: Apache-2.0
// Vectors as wide as the CPU's registers, and strips of matrices laid out for them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "core/interleave.hpp"
#include "tusk/real.hpp"

namespace tusk::kernels {

// What products.cpp and product_by_samples.cpp share: numbers are copied ("packed") to where they
// lie in the order in which a product's innermost loop reads them.

// As many numbers as a register of the CPU holds.
using Vector [[gnu::vector_size(__BIGGEST_ALIGNMENT__)]] = Real;
inline constexpr std::size_t lanes = sizeof(Vector) / sizeof(Real);

inline constexpr std::size_t depth_block = 128;  // terms of a product's sums at a time

// Columns of B that a tile of a product has, and how many there may be before the panels of A are
// packed rather than read as they lie.
inline constexpr std::size_t wide_tile = sizeof(Vector) == 64 ? 8 : 4;
inline constexpr std::size_t in_place_columns = 8 * wide_tile;

// Element (i, j) of a matrix is data[i·row_stride + j·col_stride]; one of the strides is 1.
template <typename T>
struct Strided {
  T* data;
  std::size_t row_stride;
  std::size_t col_stride;

  T* at(std::size_t row, std::size_t col) const {
    return data + row * row_stride + col * col_stride;
  }
  Strided from(std::size_t row, std::size_t col) const {
    return {at(row, col), row_stride, col_stride};
  }
  Strided transposed() const { return {data, col_stride, row_stride}; }
};

inline Vector load(const Real* from) {
  Vector v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

inline void store(Vector v, Real* to) { std::memcpy(to, &v, sizeof v); }

// Takes the vectors for a matrix (rows, lanes), row by row, and makes it (lanes, rows): each round
// interleaves the first half of all elements with the second.
template <std::size_t rows>
[[gnu::always_inline]] inline void transpose(Vector (&v)[rows]) {
  constexpr std::make_index_sequence<lanes> all;
#pragma GCC unroll 4
  for (std::size_t round = 1; round < rows; round *= 2) {
    Vector from[rows];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i) from[i] = v[i];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows / 2; ++i) {
      v[2 * i] = interleave<0>(from[i], from[i + rows / 2], all);
      v[2 * i + 1] = interleave<lanes / 2>(from[i], from[i + rows / 2], all);
    }
  }
}

// Packs a strip of `width` rows, of which A has `rows`, the others zero: column k at
// out + k·out_stride.
template <std::size_t width>
void pack_strip(Strided<const Real> a, std::size_t rows, std::size_t depth, Real* out,
                std::size_t out_stride) {
  std::size_t k = 0;
  if (rows == width && a.row_stride == 1) {
    for (; k < depth; ++k) std::memcpy(out + k * out_stride, a.at(0, k), width * sizeof(Real));
  } else if (rows == width) {
    for (; k + lanes <= depth; k += lanes) {
      Vector square[width];
#pragma GCC unroll 16
      for (std::size_t i = 0; i < width; ++i) square[i] = load(a.at(i, k));
      transpose(square);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < width; ++i) {  // vector i begins at element i·lanes of the strip
        store(square[i], out + (k + i * lanes / width) * out_stride + i * lanes % width);
      }
    }
  }
  for (; k < depth; ++k) {
    for (std::size_t i = 0; i < width; ++i) {
      out[k * out_stride + i] = i < rows ? *a.at(i, k) : Real{0};
    }
  }
}

}  // namespace tusk::kernels
