// SPDX-License-Identifier: Apache-2.0
#include "run/worker/divergence.hpp"

#include <bit>

#include "tusk/error.hpp"

namespace tusk::worker {

void fail_diverged(const char* what, const Position& position) {
  fail(ExitCode::diverged,
       "worker {}: {} became NaN or infinite in epoch {}, step {}; a smaller "
       "optimizer.learning_rate or optimizer.clipnorm may help",
       position.worker, what, position.epoch, position.step);
}

void require_finite(std::span<const float> values, const char* what, const Position& position) {
  constexpr std::uint32_t exponent = 0x7F800000U;  // all ones: NaN or infinite
  std::uint32_t found = 0;  // no branch in the loop, so that it runs at the memory's speed
  for (const float value : values) {
    found |=
        static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & exponent) == exponent);
  }
  if (found != 0) fail_diverged(what, position);
}

void require_finite(std::span<const double> values, const char* what, const Position& position) {
  constexpr std::uint64_t exponent = 0x7FF0000000000000U;
  std::uint64_t found = 0;
  for (const double value : values) {
    found |=
        static_cast<std::uint64_t>((std::bit_cast<std::uint64_t>(value) & exponent) == exponent);
  }
  if (found != 0) fail_diverged(what, position);
}

}  // namespace tusk::worker
