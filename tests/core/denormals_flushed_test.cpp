// SPDX-License-Identifier: Apache-2.0
#include "core/denormals_flushed.hpp"

#include <doctest/doctest.h>

#include <limits>

using tusk::DenormalsFlushed;

namespace {

// At run time, whatever the compiler knows.
float tenth_of(float value) {
  volatile float operand = value;
  volatile float result = operand * 0.1F;
  return result;
}

constexpr float least = std::numeric_limits<float>::min();

}  // namespace

#if defined(__SSE2__) || defined(__aarch64__)
TEST_CASE("denormal numbers are 0 while they are flushed, as results and as operands") {
  CHECK(tenth_of(least) > 0.0F);
  {
    const DenormalsFlushed flushed;
    CHECK(tenth_of(least) == 0.0F);
    CHECK(tenth_of(20.0F * least) > 0.0F);
    { const DenormalsFlushed again; }
    CHECK(tenth_of(least) == 0.0F);
  }
  CHECK(tenth_of(least) > 0.0F);
}
#endif
