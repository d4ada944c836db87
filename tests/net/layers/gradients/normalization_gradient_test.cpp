// SPDX-License-Identifier: Apache-2.0
// The gradients of layers that normalize against central differences, in double precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "../layer_call.hpp"

using namespace tusk;
using namespace tusk::layers;
using namespace tusk::layers::testing;

namespace {

// Of Σ dy ⊙ y, with respect to the input and the weights: the largest error, relative to the
// largest gradient.
double largest_error(LayerCall& call, bool frozen = false) {
  const AlignedVector<Real> statistics = call.statistics;
  call.forward(Mode::training, frozen);
  call.backward(frozen);
  const auto loss = [&] {
    call.statistics = statistics;
    call.forward(Mode::training, frozen);
    double sum = 0.0;
    for (std::size_t i = 0; i < call.y.size(); ++i) sum += call.y[i] * call.dy[i];
    return sum;
  };
  double error = 0.0;
  const auto compare = [&](AlignedVector<Real>& values, const AlignedVector<Real>& gradient) {
    double largest = 0.0;
    for (const Real g : gradient) largest = std::max(largest, std::abs(g));
    for (std::size_t i = 0; i < values.size(); ++i) {
      constexpr double h = 1e-5;
      const Real value = values[i];
      values[i] = value + h;
      const double above = loss();
      values[i] = value - h;
      const double below = loss();
      values[i] = value;
      const double difference = std::abs((above - below) / (2.0 * h) - gradient[i]);
      error = std::max(error, difference / largest);
    }
  };
  const AlignedVector<Real> dx = call.dx;
  compare(call.x, dx);
  if (!frozen && call.trained > 0) compare(call.weights, AlignedVector<Real>(call.gradients));
  return error;
}

}  // namespace

TEST_CASE("batch normalization: gradients, on any axis, with and without its weights") {
  for (const std::int64_t axis : {-1, 1, 2}) {
    for (const bool has_weights : {false, true}) {
      CAPTURE(axis);
      LayerCall call(
          BatchNormalizationOptions{.axis = {{axis}}, .center = has_weights, .scale = has_weights},
          {3, 4, 5}, 7);
      CHECK(largest_error(call) < 1e-7);
      CHECK(call.taken == (has_weights ? 2 : 0));
    }
  }
  LayerCall gamma_alone(BatchNormalizationOptions{.center = false}, {6}, 5);
  CHECK(largest_error(gamma_alone) < 1e-7);
  LayerCall beta_alone(BatchNormalizationOptions{.scale = false}, {6}, 5);
  CHECK(largest_error(beta_alone) < 1e-7);
}

TEST_CASE("batch normalization: gradients where it is frozen, and under a mask") {
  LayerCall frozen(BatchNormalizationOptions{}, {3, 4}, 6);
  CHECK(largest_error(frozen, true) < 1e-7);
  CHECK(frozen.taken == 0);
  AlignedVector<Real> mask(4 * 5, 1.0);
  for (const std::size_t gone : {0U, 3U, 7U, 8U, 19U}) mask[gone] = 0.0;
  LayerCall masked(BatchNormalizationOptions{}, {4, 3}, 5, 1, mask);
  CHECK(largest_error(masked) < 1e-6);
}

TEST_CASE("layer normalization: gradients, on the last axes, with and without its weights") {
  for (const AxesOptions& axes : {AxesOptions{{-1}}, AxesOptions{{2, 3}}, AxesOptions{{1, 2, 3}}}) {
    for (const bool has_weights : {false, true}) {
      LayerCall call(
          LayerNormalizationOptions{.axis = axes, .center = has_weights, .scale = has_weights},
          {3, 2, 19}, 4);
      CHECK(largest_error(call) < 1e-7);
    }
  }
  LayerCall gamma_alone(LayerNormalizationOptions{.center = false}, {6}, 5);
  CHECK(largest_error(gamma_alone) < 1e-7);
}

TEST_CASE("rescaling and normalization: gradients") {
  LayerCall rescaling(RescalingOptions{.scale = 0.3, .offset = 2.0}, {3, 4}, 5);
  CHECK(largest_error(rescaling) < 1e-8);
  for (const bool invert : {false, true}) {
    LayerCall learned(NormalizationOptions{.invert = invert}, {3, 4}, 5);
    CHECK(largest_error(learned) < 1e-8);
    LayerCall given(
        NormalizationOptions{
            .axis = {{1}}, .mean = {{1.0, 2.0, 3.0}}, .variance = {{4.0}}, .invert = invert},
        {3, 4}, 5);
    CHECK(largest_error(given) < 1e-8);
  }
}
