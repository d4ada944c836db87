// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include "net/kernels/product_by_samples.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "net/kernels/packing.hpp"

namespace tusk::kernels {
namespace {

// How many registers hold sums, and at most how many hold samples, where there are 32, or 16.
constexpr std::size_t accumulators = sizeof(Vector) == 64 ? 24 : 12;
constexpr std::size_t most_vectors = sizeof(Vector) == 64 ? 4 : 3;
constexpr std::size_t row_block = 48;       // rows of dx at a time: whole tiles, whole vectors
constexpr std::size_t packed_depth = 1024;  // terms at a time
static_assert(row_block % accumulators == 0 && row_block % lanes == 0);
static_assert(packed_depth % depth_block == 0);

// Sums for `vectors` vectors of samples and as many columns of W as there are registers, beginning
// at w and `stride` numbers apart; of these `count` exist. Term k of the samples begins at
// dz + k·vectors·lanes.
template <std::size_t vectors>
void multiply_tile(std::size_t depth, const Real* dz, const Real* w, std::size_t stride,
                   std::size_t count, Real* to, bool add) {
  constexpr std::size_t cols = accumulators / vectors;
  const Real* column[cols];
  for (std::size_t j = 0; j < cols; ++j) column[j] = w + std::min(j, count - 1) * stride;
  Vector sums[cols][vectors]{};
  for (std::size_t k = 0; k < depth; ++k, dz += vectors * lanes) {
    Vector samples[vectors];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) samples[v] = load(dz + v * lanes);
#pragma GCC unroll 24
    for (std::size_t j = 0; j < cols; ++j) {
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v) sums[j][v] += samples[v] * column[j][k];
    }
  }
#pragma GCC unroll 24
  for (std::size_t j = 0; j < cols; ++j) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v, to += lanes) {
      store(add ? load(to) + sums[j][v] : sums[j][v], to);
    }
  }
}

enum class Way { to_dx, from_dx };

// Copies sums, which has a row of `padded` samples for each of `rows` rows of dx, to the first
// `samples` columns of dx, or from there.
template <Way way>
void copy_transposed(Real* sums, std::size_t padded, Strided<Real> dx, std::size_t rows,
                     std::size_t samples) {
  for (std::size_t s = 0; s < samples; s += lanes) {
    const std::size_t wide = std::min(lanes, samples - s);
    std::size_t row = 0;
    for (; wide == lanes && row + lanes <= rows; row += lanes) {
      Vector square[lanes];
#pragma GCC unroll 16
      for (std::size_t i = 0; i < lanes; ++i) {
        square[i] = load(way == Way::to_dx ? sums + (row + i) * padded + s : dx.at(row, s + i));
      }
      transpose(square);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < lanes; ++i) {
        store(square[i], way == Way::to_dx ? dx.at(row, s + i) : sums + (row + i) * padded + s);
      }
    }
    for (; row < rows; ++row) {
      for (std::size_t i = 0; i < wide; ++i) {
        Real& sum = sums[row * padded + s + i];
        Real& element = *dx.at(row, s + i);
        way == Way::to_dx ? element = sum : sum = element;
      }
    }
  }
}

// The product for so many samples as fill `vectors` vectors; the last need not be full.
template <std::size_t vectors>
void multiply_samples(Strided<const Real> w, Strided<const Real> dz, Strided<Real> dx,
                      std::size_t rows, std::size_t samples, std::size_t depth, bool add) {
  constexpr std::size_t cols = accumulators / vectors;
  constexpr std::size_t padded = vectors * lanes;
  alignas(64) Real packed[packed_depth * padded];
  alignas(64) Real sums[row_block * padded];
  for (std::size_t begin = 0; begin < depth; begin += packed_depth) {
    const std::size_t end = std::min(depth, begin + packed_depth);
    for (std::size_t s = 0; s < samples; s += lanes) {
      pack_strip<lanes>(dz.from(begin, s).transposed(), std::min(lanes, samples - s), end - begin,
                        packed + s, padded);
    }
    for (std::size_t row = 0; row < rows; row += row_block) {
      const std::size_t high = std::min(row_block, rows - row);
      if (add || begin > 0)
        copy_transposed<Way::from_dx>(sums, padded, dx.from(row, 0), high, samples);
      for (std::size_t k = begin; k < end; k += depth_block) {
        for (std::size_t j = 0; j < high; j += cols) {
          multiply_tile<vectors>(std::min(depth_block, end - k), packed + (k - begin) * padded,
                                 w.at(k, row + j), w.col_stride, high - j, sums + j * padded,
                                 add || k > 0);
        }
      }
      copy_transposed<Way::to_dx>(sums, padded, dx.from(row, 0), high, samples);
    }
  }
}

}  // namespace

void multiply_transposed_by_samples(Team& team, ConstRows w, ConstRows dz, Rows dx, Sum sum) {
  team.share(dx.rows, accumulators, dz.rows * dz.cols, [&](const Share& share) {
    const std::size_t rows = share.last - share.first;
    const Strided<const Real> part{w.data + share.first * w.stride, 1, w.stride};
    std::size_t samples = 0;
    for (std::size_t s = 0; s < dz.cols; s += samples) {
      const Strided<const Real> from{dz.data + s * dz.stride, 1, dz.stride};
      const Strided<Real> to{dx.data + s * dx.stride + share.first, 1, dx.stride};
      constexpr std::array kernels{multiply_samples<1>, multiply_samples<2>, multiply_samples<3>,
                                   multiply_samples<most_vectors>};
      samples = std::min(dz.cols - s, most_vectors * lanes);
      kernels[(samples - 1) / lanes](part, from, to, rows, samples, w.rows, sum == Sum::add);
    }
  });
}

}  // namespace tusk::kernels
