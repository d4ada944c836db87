// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tusk {

// What random numbers are drawn for. The values are part of what a seed means: never renumber.
enum class Stream : std::uint32_t {
  initial_weights = 1,
  shuffle = 2,
  dropout = 3,
  validation_split = 4,
  bootstrap = 5,
  step_time = 6,       // of a virtual worker
  member = 7,          // an ensemble's member: its seed
  shuffle_blocks = 8,  // of a shard that is streamed
  file_split = 9,      // which file a converted row goes to
  file_shuffle = 10,   // and its place there
  augmentation = 11,   // of a training sample
  worker_factor = 12,  // how many times slower a virtual worker is
};

// A sequence of random numbers that is a pure function of (seed, stream, index, step): Philox
// 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). Nothing is
// carried from one step to the next, so a resumed run continues exactly and no order depends on
// timing.
//   seed    the experiment's
//   stream  what the numbers are for
//   index   which of its kind: a worker, a layer, a parameter array
//   step    the epoch or step
// Cheap to construct. Not thread-safe.
class Random {
 public:
  Random(std::uint64_t seed, Stream stream, std::uint32_t index = 0, std::uint64_t step = 0);

  std::uint32_t next_u32();
  std::uint64_t next_u64();
  double uniform();                          // in [0, 1), 53 bits
  double uniform(double low, double high);   // in [low, high)
  double normal();                           // mean 0, standard deviation 1
  double truncated_normal();                 // normal(), redrawn outside ±2
  std::uint64_t below(std::uint64_t bound);  // in [0, bound), without bias; bound > 0

  // Four independent words at position `block` of the same sequence that the calls above walk
  // through: random access for vectorized consumers such as dropout.
  std::array<std::uint32_t, 4> block(std::uint32_t block) const;

  // The same for many blocks, from `first_block`, at once; words.size() is a multiple of 4.
  void blocks(std::uint32_t first_block, std::span<std::uint32_t> words) const;

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 3> counter_;
  std::uint32_t next_block_ = 0;
  std::array<std::uint32_t, 4> words_{};
  std::size_t used_ = 4;
};

// A permutation of 0 … count−1 by Fisher and Yates, every order equally likely.
void shuffle(std::vector<std::uint32_t>& values, Random& random);

}  // namespace tusk
