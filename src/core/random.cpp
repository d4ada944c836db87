// SPDX-License-Identifier: Apache-2.0
#include "tusk/core/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>
#include <utility>

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

void Random::blocks(std::uint32_t first_block, std::span<std::uint32_t> words) const {
  const r123::Philox4x32 philox;
  const r123::Philox4x32::key_type key{{key_[0], key_[1]}};
  const auto [index, step_low, step_high] = counter_;
  for (std::size_t i = 0; i < words.size() / 4; ++i) {  // vectorizes
    const auto block = first_block + static_cast<std::uint32_t>(i);
    const auto out = philox({{block, index, step_low, step_high}}, key);
    for (std::size_t word = 0; word < 4; ++word) words[4 * i + word] = out[word];
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
  for (std::size_t last = values.size(); last > 1; --last) {
    std::swap(values[last - 1], values[random.below(last)]);
  }
}

}  // namespace tusk
