// SPDX-License-Identifier: Apache-2.0
#include "fma_peak.hpp"

#include <array>
#include <cstddef>

#include "timing.hpp"

namespace tusk::bench {
namespace {

using Vector [[gnu::vector_size(__BIGGEST_ALIGNMENT__)]] = float;
constexpr std::size_t lanes = sizeof(Vector) / sizeof(float);
constexpr std::size_t chains = 12;  // enough independent ones to hide the latency of two FMA units
constexpr std::size_t rounds = 1 << 17;

// x ← factor · x + addend in every lane of every chain. noipa: as written, for any arguments.
[[gnu::noipa]] float run_chains(float factor, float addend) {
  std::array<Vector, chains> x;
  for (std::size_t chain = 0; chain < chains; ++chain) {
    x[chain] = Vector{} + static_cast<float>(chain);  // all different, or one would do for all
  }
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t chain = 0; chain < chains; ++chain) x[chain] = x[chain] * factor + addend;
  }
  Vector total{};
  for (const Vector& value : x) total += value;
  return total[0];
}

}  // namespace

double fma_peak_gflops() {
  const double start = now_s();
  volatile float sink = run_chains(0.5F, 0.5F);
  (void)sink;
  return 2e-9 * static_cast<double>(chains * rounds * lanes) / (now_s() - start);
}

}  // namespace tusk::bench
