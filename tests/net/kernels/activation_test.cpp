// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/activation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace tusk;

namespace {

// Keras's definitions, written down once more.
double expected(Activation activation, double x) {
  switch (activation) {
    case Activation::relu:
      return x > 0 ? x : 0;
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::elu:
      return x > 0 ? x : std::exp(x) - 1;
    case Activation::selu:
      return 1.05070098 * (x > 0 ? x : 1.67326324 * (std::exp(x) - 1));
    case Activation::softplus:
      return std::log(1 + std::exp(x));
    case Activation::leaky_relu:
      return x > 0 ? x : 0.2 * x;
    default:
      return x;
  }
}

}  // namespace

TEST_CASE("activations of moderate inputs have Keras's values") {
  for (const auto& [name, activation] : names_of(Activation{})) {
    if (activation == Activation::softmax) continue;
    CAPTURE(name);
    // 37 values: whole vectors and a remainder, whatever the width of a vector.
    std::vector<float> values;
    for (int i = -18; i <= 18; ++i) values.push_back(0.3F * static_cast<float>(i));
    std::vector<float> y = values;
    kernels::activate(activation, y);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == doctest::Approx(expected(activation, values[i])).epsilon(2e-6));
    }
  }
}

TEST_CASE("softmax is over the features and does not mind a shift") {
  std::vector<float> y{1, 2, 3};
  kernels::activate(Activation::softmax, y);
  const double sum = std::exp(-2.0) + std::exp(-1.0) + 1;
  CHECK(y[0] == doctest::Approx(std::exp(-2.0) / sum));
  CHECK(y[1] == doctest::Approx(std::exp(-1.0) / sum));
  CHECK(y[2] == doctest::Approx(1 / sum));
  std::vector<float> shifted{10001, 10002, 10003};
  kernels::activate(Activation::softmax, shifted);
  CHECK(shifted == y);
}

TEST_CASE("extreme inputs give limits, and gradients that are numbers") {
  for (const auto& [name, activation] : names_of(Activation{})) {
    CAPTURE(name);
    std::vector<float> y{-1e4F, 1e4F, 0};
    kernels::activate(activation, y);
    std::vector<float> dy{1, 1, 1};
    kernels::activation_gradient(activation, y, dy);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(std::isfinite(y[i]));
      CHECK(std::isfinite(dy[i]));
    }
  }
  std::vector<float> sigmoid{-1e4F, 1e4F};
  kernels::activate(Activation::sigmoid, sigmoid);
  CHECK(sigmoid[0] == doctest::Approx(0));
  CHECK(sigmoid[1] == 1);
}

TEST_CASE("NaN passes through every activation and its gradient, so that divergence is seen") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& [name, activation] : names_of(Activation{})) {
    CAPTURE(name);
    for (std::size_t place = 0; place < 33; ++place) {
      std::vector<float> y(33, 0.5F);
      y[place] = nan;
      kernels::activate(activation, y);
      CHECK(std::isnan(y[place]));
    }
    std::vector<float> dy(33, nan);
    kernels::activation_gradient(activation, std::vector<float>(33, 0.5F), dy);
    for (const float value : dy) CHECK(std::isnan(value));
  }
}
