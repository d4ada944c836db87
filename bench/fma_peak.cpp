// SPDX-License-Identifier: Apache-2.0
#include "fma_peak.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "timing.hpp"

namespace tusk::bench {
namespace {

using Vector = float __attribute__((vector_size(__BIGGEST_ALIGNMENT__)));
constexpr std::size_t lanes = sizeof(Vector) / sizeof(float);
// Enough independent chains to hide the latency of two FMA units (4 to 5 cycles each).
constexpr std::size_t chains = 12;
constexpr std::size_t rounds = 1 << 16;

// Multiplies and adds towards the fixed point 1, so that no value overflows or vanishes.
[[gnu::noinline]] float run_chains(float factor, float addend) {
  std::array<Vector, chains> sums{};
  for (std::size_t chain = 0; chain < chains; ++chain) sums[chain] += static_cast<float>(chain);
  const Vector a = Vector{} + factor;
  const Vector b = Vector{} + addend;
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
    for (std::size_t chain = 0; chain < chains; ++chain) sums[chain] = sums[chain] * a + b;
  }
  Vector total{};
  for (const Vector& sum : sums) total += sum;
  return total[0];
}

}  // namespace

double fma_peak_gflops() {
  volatile float half = 0.5F;  // keeps the compiler from knowing the result
  volatile float sink = 0.0F;
  const double seconds = fastest_s(0.3, [&] { sink = run_chains(half, half); });
  (void)sink;
  return 2.0 * static_cast<double>(chains * rounds * lanes) / seconds * 1e-9;
}

}  // namespace tusk::bench
