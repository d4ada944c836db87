// SPDX-License-Identifier: Apache-2.0
#include "net/layers/initializer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace tusk;

namespace {

struct Statistics {
  double mean = 0.0;
  double stddev = 0.0;
  double low = 0.0;
  double high = 0.0;
};

// Of a kernel (300, 200) drawn by the initializer.
Statistics draw(const InitializerOptions& options) {
  const layers::Parameter kernel{
      .name = "kernel", .shape = {300, 200}, .fan_in = 300, .fan_out = 200};
  std::vector<float> values(kernel.size());
  Random random(1, Stream::initial_weights);
  layers::make_initializer(options)(kernel, random, values);
  Statistics s{.low = values[0], .high = values[0]};
  double squares = 0.0;
  for (const double value : values) {
    s.mean += value;
    squares += value * value;
    s.low = std::min(s.low, value);
    s.high = std::max(s.high, value);
  }
  s.mean /= static_cast<double>(values.size());
  s.stddev = std::sqrt(squares / static_cast<double>(values.size()) - s.mean * s.mean);
  return s;
}

void check_uniform(InitializerKind kind, double limit) {
  const Statistics s = draw({.kind = kind});
  CHECK(s.low >= -limit);
  CHECK(s.low < -0.999 * limit);
  CHECK(s.high <= limit);
  CHECK(s.high > 0.999 * limit);
  CHECK(std::abs(s.mean) < 0.01 * limit);
  CHECK(s.stddev == doctest::Approx(limit / std::sqrt(3.0)).epsilon(0.01));
}

// Truncated at two standard deviations of the untruncated normal, `stddev` afterwards.
void check_truncated(InitializerKind kind, double stddev) {
  const Statistics s = draw({.kind = kind});
  const double limit = 2.0 * stddev / 0.87962566103423978;
  CHECK(s.high <= limit * (1.0 + 1e-6));
  CHECK(s.high > 0.99 * limit);
  CHECK(s.low >= -limit * (1.0 + 1e-6));
  CHECK(std::abs(s.mean) < 0.02 * stddev);
  CHECK(s.stddev == doctest::Approx(stddev).epsilon(0.01));
}

}  // namespace

TEST_CASE("scaled initializers have the limits and deviations of their fans") {
  check_uniform(InitializerKind::glorot_uniform, std::sqrt(6.0 / 500.0));
  check_uniform(InitializerKind::he_uniform, std::sqrt(6.0 / 300.0));
  check_uniform(InitializerKind::lecun_uniform, std::sqrt(3.0 / 300.0));
  check_truncated(InitializerKind::glorot_normal, std::sqrt(2.0 / 500.0));
  check_truncated(InitializerKind::he_normal, std::sqrt(2.0 / 300.0));
  check_truncated(InitializerKind::lecun_normal, std::sqrt(1.0 / 300.0));
}

TEST_CASE("plain initializers follow their options") {
  const auto constant = [](const InitializerOptions& options, double value) {
    const Statistics s = draw(options);
    CHECK(s.low == doctest::Approx(value));
    CHECK(s.high == doctest::Approx(value));
  };
  constant({.kind = InitializerKind::zeros}, 0.0);
  constant({.kind = InitializerKind::ones}, 1.0);
  constant({.kind = InitializerKind::constant, .value = -0.25}, -0.25);

  const Statistics uniform = draw({.kind = InitializerKind::uniform, .minval = 1.0, .maxval = 3.0});
  CHECK(uniform.low >= 1.0);
  CHECK(uniform.high <= 3.0);
  CHECK(uniform.mean == doctest::Approx(2.0).epsilon(0.01));

  const Statistics normal = draw({.kind = InitializerKind::normal, .mean = 1.0, .stddev = 0.5});
  CHECK(normal.mean == doctest::Approx(1.0).epsilon(0.01));
  CHECK(normal.stddev == doctest::Approx(0.5).epsilon(0.01));
  CHECK(normal.high > 2.5);

  // RandomNormal's and TruncatedNormal's stddev is that before the truncation, as in Keras.
  const Statistics truncated =
      draw({.kind = InitializerKind::truncated_normal, .mean = 1.0, .stddev = 0.5});
  CHECK(truncated.stddev == doctest::Approx(0.5 * 0.87962566103423978).epsilon(0.01));
  CHECK(truncated.high <= 2.0);
}
