// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstddef>
#include <cstdint>

namespace tusk {

// Words of 64 bits, as many as a register of the CPU holds.
using WideWords [[gnu::vector_size(__BIGGEST_ALIGNMENT__)]] = std::uint64_t;
inline constexpr std::size_t wide_words = sizeof(WideWords) / sizeof(std::uint64_t);

// The products of their low halves, for which there is an instruction that the compiler does not
// find.
inline WideWords multiply_low(WideWords a, WideWords b) {
#if defined(__AVX512F__)
  return reinterpret_cast<WideWords>(
      _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<WideWords>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  constexpr std::uint64_t low_half = 0xFFFFFFFF;
  return (a & low_half) * (b & low_half);
#endif
}

}  // namespace tusk
