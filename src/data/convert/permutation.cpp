// SPDX-License-Identifier: Apache-2.0
#include "data/convert/permutation.hpp"

#include <bit>
#include <numeric>

namespace tusk::convert {
namespace {

constexpr std::uint64_t largest_table = 4096;

// Every bit of the result depends on every bit of x: the finalizer of MurmurHash3 (Appleby).
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDU;
  x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53U;
  return x ^ (x >> 33);
}

}  // namespace

Permutation::Permutation(std::uint64_t count, std::uint64_t seed, Stream stream,
                         std::uint32_t index)
    : count_(count) {
  Random random(seed, stream, index);
  if (count <= largest_table) {
    table_.resize(count);
    std::iota(table_.begin(), table_.end(), 0U);
    shuffle(table_, random);
    return;
  }
  const int bits = std::bit_width(count - 1);
  low_bits_ = bits / 2;
  low_mask_ = (std::uint64_t{1} << low_bits_) - 1;
  high_mask_ = (std::uint64_t{1} << (bits - low_bits_)) - 1;
  for (std::uint64_t& key : keys_) key = random.next_u64();
}

std::uint64_t Permutation::operator()(std::uint64_t i) const {
  if (!table_.empty()) return table_[i];
  do i = network(i);
  while (i >= count_);
  return i;
}

// Each round changes one half by a function of the other, so it can be undone: a permutation.
std::uint64_t Permutation::network(std::uint64_t i) const {
  std::uint64_t low = i & low_mask_;
  std::uint64_t high = i >> low_bits_;
  for (std::size_t round = 0; round < rounds; round += 2) {
    low ^= mixed(high ^ keys_[round]) & low_mask_;
    high ^= mixed(low ^ keys_[round + 1]) & high_mask_;
  }
  return high << low_bits_ | low;
}

}  // namespace tusk::convert
