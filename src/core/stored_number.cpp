// SPDX-License-Identifier: Apache-2.0
#include "core/stored_number.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tusk {
namespace {

void swap_bytes(std::span<std::byte> elements, std::size_t size) {
  for (std::size_t at = 0; at < elements.size(); at += size) {
    std::ranges::reverse(elements.subspan(at, size));
  }
}

// IEEE 754 binary16: a sign, 5 bits of exponent with a bias of 15, 10 bits of fraction.
float from_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0) {  // zero or subnormal: fraction · 2^-24, exact in binary32
    return std::copysign(std::ldexp(static_cast<float>(fraction), -24), std::bit_cast<float>(sign));
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFFU : exponent + 127 - 15;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

}  // namespace

std::span<std::byte> stored_part(std::span<std::byte> numbers, const StoredNumber& as) {
  return numbers.last(numbers.size() / size_of(as.type) * as.bytes());
}

void decode(std::span<std::byte> numbers, const StoredNumber& as) {
  const std::span<std::byte> stored = stored_part(numbers, as);
  if (as.big_endian) swap_bytes(stored, as.bytes());
  if (!as.half) return;
  // Goes from the front: what is written never reaches what is still to be read.
  for (std::size_t i = 0; 2 * i < stored.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, stored.data() + 2 * i, sizeof(bits));
    const float value = from_half(bits);
    std::memcpy(numbers.data() + 4 * i, &value, sizeof(value));
  }
}

}  // namespace tusk
