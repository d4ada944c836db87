// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tusk/random.hpp"

namespace tusk::convert {

// A random permutation π of 0 … count−1 that every process can evaluate anywhere, and that takes no
// memory worth mentioning. It is a function of (count, seed, stream, index) alone.
//
// Up to 4,096 numbers it is a table, shuffled by Fisher and Yates: every order is equally likely.
// For more it is a Feistel network of ten rounds on the bits of the number, keyed by Philox, walked
// along its cycle until it is below the count again (Black and Rogaway, "Ciphers with arbitrary
// finite domains", CT-RSA 2002): of the count! orders it reaches 2^640 at most, none of them
// distinguishable by the statistics that a training could see.
class Permutation {
 public:
  Permutation(std::uint64_t count, std::uint64_t seed, Stream stream, std::uint32_t index);

  std::uint64_t operator()(std::uint64_t i) const;

 private:
  static constexpr std::size_t rounds = 10;

  std::uint64_t network(std::uint64_t i) const;

  std::uint64_t count_;
  std::vector<std::uint32_t> table_;
  int low_bits_ = 0;
  std::uint64_t low_mask_ = 0;
  std::uint64_t high_mask_ = 0;
  std::array<std::uint64_t, rounds> keys_{};
};

}  // namespace tusk::convert
