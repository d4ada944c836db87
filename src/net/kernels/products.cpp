// SPDX-License-Identifier: Apache-2.0
// Matrix products as Goto and van de Geijn build them ("Anatomy of high-performance matrix
// multiplication", ACM TOMS 2008): a tile of C stays in registers while a panel of rows of A,
// packed for the nearest cache, meets panels of columns of B, packed for the next one.
//
// Written for the products of training, where one extent is the batch: both packings are small
// enough for the stack, so that a product allocates nothing. This source is compiled with
// -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include "net/kernels/products.hpp"

#include <algorithm>
#include <array>

#include "net/kernels/packing.hpp"
#include "net/kernels/product_by_samples.hpp"

namespace tusk::kernels {
namespace {

// A tile is up to 3 vectors of rows by 8 columns where there are 32 registers, by 4 where there are
// 16; tiles of 4 columns serve small batches everywhere.
constexpr std::size_t tile_vectors = 3;
constexpr std::size_t tile_rows = tile_vectors * lanes;
constexpr std::size_t narrow_tile = 4;

constexpr std::size_t column_block = 256;     // columns of B at a time
constexpr std::size_t near_size = 64 * 1024;  // of a matrix that is in a cache anyway

// `count` columns of a panel of A, `stride` numbers apart, that are to be fetched into the cache.
struct Columns {
  const Real* data = nullptr;
  std::size_t stride = 0;
  std::size_t count = 0;

  // Part number `index` of `of`: a cache line of each column, or of some columns where there are
  // many parts. Parts that are left over are empty.
  Columns part(std::size_t index, std::size_t of) const {
    constexpr std::size_t line = 64 / sizeof(Real);
    constexpr std::size_t lines = tile_rows / line + 1;  // they begin anywhere in a line
    const std::size_t groups = std::max<std::size_t>(of / lines, 1);
    const std::size_t group = index / lines;
    if (group >= groups) return {};
    const std::size_t first = group * count / groups;
    const std::size_t within = std::min(index % lines * line, tile_rows - 1);
    return {data + first * stride + within, stride, (group + 1) * count / groups - first};
  }
};

// Asks for the cache lines of `count` numbers.
template <int write>
void prefetch(const Real* from, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 16) __builtin_prefetch(from + i, write, 2);
}

// c = or += A B for a tile of `vectors` vectors of rows by `cols` columns. Column k of A begins at
// a + k·a_stride, row k of B at b + k·cols. Meanwhile `next` is brought near, a column a term: of
// the panel to come, which the CPU would not foresee.
template <std::size_t vectors, std::size_t cols>
void multiply_tile(std::size_t depth, const Real* a, std::size_t a_stride, const Real* b, Real* c,
                   std::size_t c_stride, bool add, Columns next) {
  Vector sums[cols][vectors]{};
  for (std::size_t j = 0; j < cols; ++j) prefetch<1>(c + j * c_stride, vectors * lanes);
  for (std::size_t k = 0; k < depth; ++k, a += a_stride, b += cols) {
    if (k < next.count) {
      prefetch<0>(next.data + k * next.stride, cols > narrow_tile ? 1 : vectors * lanes);
    }
    Vector column[vectors];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) column[v] = load(a + v * lanes);
#pragma GCC unroll 8
    for (std::size_t j = 0; j < cols; ++j) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < vectors; ++v) sums[j][v] += column[v] * b[j];
    }
  }
#pragma GCC unroll 8
  for (std::size_t j = 0; j < cols; ++j) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
      Real* to = c + j * c_stride + v * lanes;
      store(add ? load(to) + sums[j][v] : sums[j][v], to);
    }
  }
}

// One row panel of A, of `rows` rows, against a packed block of B of `cols` columns. `next`: as in
// multiply_tile.
template <std::size_t tile_cols>
void multiply_panel(Strided<const Real> a, std::size_t rows, std::size_t depth, const Real* b,
                    std::size_t cols, Strided<Real> c, bool add, Columns next) {
  constexpr std::array kernels{multiply_tile<1, tile_cols>, multiply_tile<2, tile_cols>,
                               multiply_tile<3, tile_cols>};
  static_assert(kernels.size() == tile_vectors);
  const std::size_t vectors = (rows + lanes - 1) / lanes;
  const std::size_t padded = vectors * lanes;
  const auto kernel = kernels[vectors - 1];

  alignas(64) Real packed[tile_rows * depth_block];
  // Whole vectors that are read a few times need no packing.
  const bool in_place =
      a.row_stride == 1 && rows == padded && cols <= in_place_columns / wide_tile * tile_cols;
  for (std::size_t i = 0; i < padded && !in_place; i += lanes) {
    pack_strip<lanes>(a.from(i, 0), std::min(lanes, rows - i), depth, packed + i, padded);
  }
  const Real* panel = in_place ? a.data : packed;
  const std::size_t panel_stride = in_place ? a.col_stride : padded;

  const std::size_t tiles = (cols + tile_cols - 1) / tile_cols;
  for (std::size_t j = 0; j < cols; j += tile_cols, b += tile_cols * depth) {
    const std::size_t count = std::min(tile_cols, cols - j);
    Columns ahead;  // all in a narrow tile, which waits for memory anyway
    if (tile_cols > narrow_tile) {
      ahead = next.part(j / tile_cols, tiles);
    } else if (j == 0) {
      ahead = next;
    }
    if (rows == padded && count == tile_cols && c.row_stride == 1) {
      kernel(depth, panel, panel_stride, b, c.at(0, j), c.col_stride, add, ahead);
      continue;
    }
    alignas(64) Real tile[tile_rows * tile_cols];  // more, or lying otherwise, than C has room for
    kernel(depth, panel, panel_stride, b, tile, padded, false, ahead);
    for (std::size_t col = 0; col < count; ++col) {
      for (std::size_t row = 0; row < rows; ++row) {
        Real& element = *c.at(row, j + col);
        element = add ? tile[row + col * padded] + element : tile[row + col * padded];
      }
    }
  }
}

// Is called where a panel of C is complete.
using Finish = FunctionRef<void(std::size_t row, std::size_t rows, std::size_t col, std::size_t)>;
constexpr auto nothing_more = [](std::size_t, std::size_t, std::size_t, std::size_t) {};

// C (rows, cols) = or += A (rows, depth) B (depth, cols).
template <std::size_t tile_cols>
void multiply_blocks(Strided<const Real> a, Strided<const Real> b, Strided<Real> c,
                     std::size_t rows, std::size_t cols, std::size_t depth, bool add,
                     Finish finish) {
  alignas(64) Real packed[depth_block * column_block];
  const bool far = a.row_stride == 1 && rows * depth > near_size;
  for (std::size_t j = 0; j < cols; j += column_block) {
    const std::size_t wide = std::min(column_block, cols - j);
    for (std::size_t k = 0; k < depth; k += depth_block) {
      const std::size_t deep = std::min(depth_block, depth - k);
      for (std::size_t strip = 0; strip < wide; strip += tile_cols) {
        pack_strip<tile_cols>(b.from(k, j + strip).transposed(), std::min(tile_cols, wide - strip),
                              deep, packed + strip * deep, tile_cols);
      }
      for (std::size_t i = 0; i < rows; i += tile_rows) {
        const std::size_t high = std::min(tile_rows, rows - i);
        Columns next;
        if (far && i + tile_rows < rows) {
          next = {a.at(i + tile_rows, k), a.col_stride, deep};
        }
        multiply_panel<tile_cols>(a.from(i, k), high, deep, packed, wide, c.from(i, j),
                                  add || k > 0, next);
        if (k + deep == depth) finish(i, high, j, wide);
      }
    }
  }
}

void multiply(Strided<const Real> a, Strided<const Real> b, Strided<Real> c, std::size_t rows,
              std::size_t cols, std::size_t depth, bool add, Finish finish) {
  if (rows <= narrow_tile && cols > rows) {  // Cᵀ = Bᵀ Aᵀ fills the vectors
    multiply(b.transposed(), a.transposed(), c.transposed(), cols, rows, depth, add, nothing_more);
    finish(0, rows, 0, cols);
  } else if (cols <= narrow_tile) {
    multiply_blocks<narrow_tile>(a, b, c, rows, cols, depth, add, finish);
  } else {
    multiply_blocks<wide_tile>(a, b, c, rows, cols, depth, add, finish);
  }
}

// C = or += A B, computed by the whole team, which shares out panels of rows or, where there is one
// panel, columns.
void multiply(Team& team, Strided<const Real> a, Strided<const Real> b, Strided<Real> c,
              std::size_t rows, std::size_t cols, std::size_t depth, bool add, Finish finish) {
  if (rows > tile_rows) {
    team.share(rows, tile_rows, cols * depth, [&](const Share& s) {
      multiply(a.from(s.first, 0), b, c.from(s.first, 0), s.last - s.first, cols, depth, add,
               [&](std::size_t row, std::size_t high, std::size_t col, std::size_t wide) {
                 finish(s.first + row, high, col, wide);
               });
    });
  } else {
    team.share(cols, wide_tile, rows * depth, [&](const Share& s) {
      multiply(a, b.from(0, s.first), c.from(0, s.first), rows, s.last - s.first, depth, add,
               [&](std::size_t row, std::size_t high, std::size_t col, std::size_t wide) {
                 finish(row, high, s.first + col, wide);
               });
    });
  }
}

template <typename T>
Strided<T> strided(const RowsOf<T>& m) {
  return {m.data, 1, m.stride};
}

}  // namespace

void multiply(Team& team, ConstRows w, ConstRows x, Rows y, FinishColumn finish, Sum sum) {
  multiply(team, strided(w), strided(x), strided(y), y.rows, y.cols, w.cols, sum == Sum::add,
           [&](std::size_t row, std::size_t rows, std::size_t col, std::size_t cols) {
             for (std::size_t i = col; i < col + cols; ++i) {
               finish(row, {y.data + i * y.stride + row, rows});
             }
           });
}

void multiply_transposed(Team& team, ConstRows w, ConstRows dz, Rows dx, Sum sum) {
  if (dz.cols >= least_samples && dx.rows >= least_rows) {
    multiply_transposed_by_samples(team, w, dz, dx, sum);
  } else {
    multiply(team, strided(w).transposed(), strided(dz), strided(dx), dx.rows, dx.cols, w.rows,
             sum == Sum::add, nothing_more);
  }
}

void multiply_by_transpose(ConstRows dz, ConstRows x, std::size_t first, Rows dw) {
  multiply(strided(dz), strided(x).from(first, 0).transposed(), strided(dw), dw.rows, dw.cols,
           x.cols, false, nothing_more);
}

}  // namespace tusk::kernels
