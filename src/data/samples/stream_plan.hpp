// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "tusk/random.hpp"

namespace tusk::samples {

// How rows that are too many for memory are read in an epoch: in blocks of neighbours, several of
// which make a window, so that two windows fit into the limit: one in use, the next one being read.
//
// A block is some megabytes, a sixteenth of a window at most, and ends where chunks end, so that no
// compressed chunk is unpacked twice an epoch (chunks of the first array of features; those of
// other arrays, labels and weights only where that is possible without much larger blocks).
class StreamPlan {
 public:
  // `sample_bytes`: what a sample takes in memory. Error(bad_experiment) if the limit does not hold
  // two blocks of one row, or chunk, each.
  StreamPlan(const datasets::Dataset& dataset, const datasets::Rows& rows, std::size_t sample_bytes,
             std::uint64_t memory_limit);

  std::size_t blocks() const { return ends_.size(); }
  std::size_t windows() const { return windows_; }
  std::size_t window_samples() const { return window_samples_; }  // at most

  // The positions, among the rows, of a block.
  datasets::Block block(std::size_t index) const;

  // The blocks of a window, by their places in the epoch's order of blocks.
  datasets::Block window(std::size_t index) const;

  // The order of the blocks in an epoch: every one as likely as any other.
  std::vector<std::uint32_t> shuffled_blocks(Random& random) const;
  std::vector<std::uint32_t> blocks_in_order() const;

 private:
  std::vector<std::uint64_t> ends_;  // of the blocks, as positions
  std::size_t windows_ = 0;
  std::size_t window_samples_ = 0;
};

}  // namespace tusk::samples
