// SPDX-License-Identifier: Apache-2.0
#include "tusk/random.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "core/interleave.hpp"
#include "core/random_order.hpp"
#include "core/wide_words.hpp"

namespace tusk {
// The 128-bit counter is (block, index, step low, step high); the 64-bit key is the seed, with the
// stream folded into its high word so that two streams of one seed never meet.
Random::Random(std::uint64_t seed, Stream stream, std::uint32_t index, std::uint64_t step)
    : key_{static_cast<std::uint32_t>(seed),
           static_cast<std::uint32_t>(seed >> 32) ^
               (static_cast<std::uint32_t>(stream) * 0x9E3779B9U)},
      counter_{index, static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32)} {}

std::array<std::uint32_t, 4> Random::block(std::uint32_t block) const {
  const r123::Philox4x32 philox;
  const r123::Philox4x32::ctr_type counter{{block, counter_[0], counter_[1], counter_[2]}};
  const r123::Philox4x32::key_type key{{key_[0], key_[1]}};
  const auto out = philox(counter, key);
  return {out[0], out[1], out[2], out[3]};
}

// Computes what block() does, in each lane: a word in the low half of 64 bits, where the CPU
// multiplies it to 64 bits at once. What is in the high halves does not matter.
void Random::blocks(std::uint32_t first_block, std::span<std::uint32_t> words) const {
  const std::size_t count = words.size() / 4;
  constexpr std::uint64_t low_half = 0xFFFFFFFF;
  std::size_t done = 0;
  for (; done + wide_words <= count; done += wide_words) {
    WideWords c0 = WideWords{} + (std::uint64_t{first_block} + done);
    for (std::size_t lane = 0; lane < wide_words; ++lane) c0[lane] += lane;
    WideWords c1 = WideWords{} + counter_[0];
    WideWords c2 = WideWords{} + counter_[1];
    WideWords c3 = WideWords{} + counter_[2];
    auto [k0, k1] = key_;
    for (int round = 0; round < PHILOX4x32_DEFAULT_ROUNDS; ++round) {
      const WideWords product_0 = multiply_low(c0, WideWords{} + PHILOX_M4x32_0);
      const WideWords product_1 = multiply_low(c2, WideWords{} + PHILOX_M4x32_1);
      c0 = (product_1 >> 32) ^ c1 ^ k0;
      c1 = product_1;
      c2 = (product_0 >> 32) ^ c3 ^ k1;
      c3 = product_0;
      k0 += PHILOX_W32_0;
      k1 += PHILOX_W32_1;
    }
    const WideWords low = (c0 & low_half) | c1 << 32;  // the first two words of each block
    const WideWords high = (c2 & low_half) | c3 << 32;
    constexpr std::make_index_sequence<wide_words> all;
    const std::array<WideWords, 2> in_order{interleave<0>(low, high, all),
                                            interleave<wide_words / 2>(low, high, all)};
    std::memcpy(words.data() + 4 * done, in_order.data(), sizeof in_order);
  }
  for (; done < count; ++done) {
    std::ranges::copy(block(first_block + static_cast<std::uint32_t>(done)), &words[4 * done]);
  }
}

std::uint32_t Random::next_u32() {
  if (used_ == words_.size()) {
    words_ = block(next_block_++);
    used_ = 0;
  }
  return words_[used_++];
}

std::uint64_t Random::next_u64() {
  const std::uint64_t low = next_u32();
  return low | (static_cast<std::uint64_t>(next_u32()) << 32);
}

double Random::uniform() { return static_cast<double>(next_u64() >> 11) * 0x1.0p-53; }

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Random::normal() {  // Box and Muller; 1 − u is never 0
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

double Random::truncated_normal() {
  for (;;) {
    const double value = normal();
    if (std::abs(value) <= 2.0) return value;
  }
}

std::uint64_t Random::below(std::uint64_t bound) {  // rejects the incomplete last interval
  const std::uint64_t limit = -bound % bound;       // 2^64 mod bound
  for (;;) {
    const std::uint64_t value = next_u64();
    if (value >= limit) return value % bound;
  }
}

void shuffle(std::vector<std::uint32_t>& values, Random& random) {
  put_in_random_order(values, random);
}

}  // namespace tusk
