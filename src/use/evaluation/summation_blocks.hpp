// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "data/datasets/split.hpp"
#include "mpi/communicator.hpp"

namespace tusk::evaluation {

// The rows of a data set cut into at most 1,024 blocks of whole batches. The cut depends on the
// number of rows and the batch size alone, and ranks take contiguous runs of blocks. So a sum that
// is taken within blocks, and then over the blocks in their order, is the same to the bit for any
// number of ranks. Evaluation and prediction share rows out by it.
struct SummationBlocks {
  std::uint64_t rows = 0;
  std::uint64_t block_rows = 1;

  SummationBlocks(std::uint64_t all_rows, std::size_t batch_size) : rows(all_rows) {
    constexpr std::uint64_t most = 1024;
    const std::uint64_t batches = (rows + batch_size - 1) / batch_size;
    block_rows = batch_size * std::max<std::uint64_t>((batches + most - 1) / most, 1);
  }

  std::uint64_t count() const { return (rows + block_rows - 1) / block_rows; }

  // The rows of one rank; there may be none.
  datasets::Block rows_of(const mpi::Communicator& world) const {
    const datasets::Block blocks = datasets::block_of(
        count(), static_cast<std::size_t>(world.rank()), static_cast<std::size_t>(world.size()));
    return {std::min(blocks.begin * block_rows, rows), std::min(blocks.end * block_rows, rows)};
  }
};

// Collective. `mine` are this rank's sums, `width` numbers a block, block after block. Returns
// their sums over all blocks, added up in the blocks' order; the same on every rank.
template <typename T>
std::vector<T> sum_in_order(const mpi::Communicator& world, std::span<const T> mine,
                            std::size_t width) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<T> sums(width);
  for (const std::vector<T>& theirs : world.gather(mine, 0)) {
    for (std::size_t i = 0; i < theirs.size(); ++i) sums[i % width] += theirs[i];
  }
  world.broadcast(std::as_writable_bytes(std::span(sums)), 0);
  return sums;
}

}  // namespace tusk::evaluation
