// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "tusk/real.hpp"
#include "tusk/team.hpp"

namespace tusk::kernels {

// Sums down the columns of `size` numbers in rows of `width`, of which the last may be short.
// Layers that normalize take their means with it.
//
// The rows are cut into blocks, and the columns into strips, whatever the number of threads; these
// share out the pieces. In a piece 64 rows are added up in Real, and those sums in double; so are
// the blocks' in the end. So the results do not depend on the threads, and their error does not
// grow with the rows.
struct ColumnSums {
  static constexpr std::size_t strip = 64;         // columns that are added up at once
  static constexpr std::size_t rows_at_once = 64;  // and rows, in Real
  static constexpr std::size_t parts = 32'768;     // about the most that blocks leave

  std::size_t size;
  std::size_t width;

  std::size_t rows() const { return (size + width - 1) / width; }
  std::size_t strips() const { return (width + strip - 1) / strip; }
  static std::size_t most_blocks(std::size_t width) {
    return std::clamp<std::size_t>(parts / width, 1, 32);
  }
  std::size_t rows_of_block() const {
    const std::size_t blocks = most_blocks(width);
    return std::max(rows_at_once, (rows() + blocks - 1) / blocks);
  }
  std::size_t blocks() const { return (rows() + rows_of_block() - 1) / rows_of_block(); }

  // The numbers that add() works in, for so many sums at a time.
  static std::size_t memory(std::size_t width, std::size_t sums) {
    return most_blocks(width) * width * sums;
  }

  // sums[k][j] = Σ term(i, j, row)[k] over the numbers i of column j, for so many sums at a time.
  // `cost` is that of a term, in multiplications and additions.
  template <std::size_t count, typename Term>
  void add(Team& team, Span memory, const std::array<Real*, count>& sums, std::size_t cost,
           const Term& term) const {
    const std::size_t block_rows = rows_of_block();
    team.share(blocks() * strips(), 1, block_rows * std::min(strip, width) * (cost + count),
               [&](const Share& share) {
                 for (std::size_t piece = share.first; piece < share.last; ++piece) {
                   const std::size_t block = piece / strips();
                   const std::size_t first = piece % strips() * strip;
                   add_piece<count>(block * block_rows, std::min(rows(), (block + 1) * block_rows),
                                    first, memory.data() + block * count * width, term);
                 }
               });
    for (std::size_t k = 0; k < count; ++k) {
      const Real* const parts_of_sum = memory.data() + k * width;
      for (std::size_t j = 0; j < width; ++j) {
        double total = 0.0;
        for (std::size_t block = 0; block < blocks(); ++block) {
          total += static_cast<double>(parts_of_sum[block * count * width + j]);
        }
        sums[k][j] = static_cast<Real>(total);
      }
    }
  }

 private:
  template <std::size_t count, typename Term>
  void add_piece(std::size_t begin, std::size_t end, std::size_t first, Real* out,
                 const Term& term) const {
    const std::size_t wide = std::min(strip, width - first);
    std::array<std::array<double, strip>, count> totals{};
    for (std::size_t row = begin; row < end; row += rows_at_once) {
      std::array<std::array<Real, strip>, count> sums{};
      const std::size_t last = std::min(end, row + rows_at_once);
      for (std::size_t r = row; r < last; ++r) {
        const std::size_t at = r * width + first;
        const std::size_t there = at < size ? std::min(wide, size - at) : 0;
        if (there == strip) {
          add_row<count>(r, at, first, strip, sums, term);
        } else {
          add_row<count>(r, at, first, there, sums, term);
        }
      }
      for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t j = 0; j < wide; ++j) totals[k][j] += static_cast<double>(sums[k][j]);
      }
    }
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t j = 0; j < wide; ++j) {
        out[k * width + first + j] = static_cast<Real>(totals[k][j]);
      }
    }
  }

  template <std::size_t count, typename Term>
  [[gnu::always_inline]] static void add_row(std::size_t row, std::size_t at, std::size_t first,
                                             std::size_t wide,
                                             std::array<std::array<Real, strip>, count>& sums,
                                             const Term& term) {
    for (std::size_t j = 0; j < wide; ++j) {
      const std::array<Real, count> terms = term(at + j, first + j, row);
      for (std::size_t k = 0; k < count; ++k) sums[k][j] += terms[k];
    }
  }
};

}  // namespace tusk::kernels
