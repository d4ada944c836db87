// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/activation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "net/kernels/gates.hpp"

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
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::gelu:
      return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case Activation::hard_sigmoid:
      return std::min(std::max(x / 6 + 0.5, 0.0), 1.0);
    case Activation::hard_sigmoid_keras2:
      return std::min(std::max(0.2 * x + 0.5, 0.0), 1.0);
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

TEST_CASE("gates have the same values, however many there are, and keep NaN") {
  for (const Activation activation : {Activation::sigmoid, Activation::tanh, Activation::relu}) {
    CAPTURE(name_of(activation));
    for (std::size_t count = 1; count <= 40; ++count) {
      std::vector<float> values;
      for (std::size_t i = 0; i < count; ++i) {
        values.push_back(-9.7F + 0.5F * static_cast<float>(i) + 0.001F * static_cast<float>(count));
      }
      std::vector<float> y = values;
      kernels::activate_gates(activation, y);
      for (std::size_t i = 0; i < count; ++i) {
        CHECK(std::abs(y[i] - expected(activation, values[i])) <=
              5e-7 * std::abs(expected(activation, values[i])));
      }
    }
  }
  std::vector<float> y{-1e30F, -200, -1e-20F, 0, 1e-3F, 0.62F, 0.63F, 200, 1e30F, NAN};
  kernels::activate_gates(Activation::tanh, y);
  CHECK(y[0] == -1);
  CHECK(y[1] == -1);
  CHECK(y[2] == -1e-20F);
  CHECK(y[3] == 0);
  for (std::size_t i = 4; i < 7; ++i) CHECK(y[i] > y[i - 1]);
  CHECK(y[4] == doctest::Approx(std::tanh(1e-3)).epsilon(1e-6));
  CHECK(y[7] == 1);
  CHECK(y[8] == 1);
  CHECK(std::isnan(y[9]));
  y = {-1e30F, -100, 0, 100, 1e30F, NAN};
  kernels::activate_gates(Activation::sigmoid, y);
  CHECK(y[0] < 1e-37F);
  CHECK(y[0] >= 0);
  CHECK(y[2] == 0.5F);
  CHECK(y[4] == 1);
  CHECK(std::isnan(y[5]));
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
    const std::vector<float> x{-1e4F, 1e4F, 0};
    std::vector<float> y = x;
    kernels::activate(activation, y);
    std::vector<float> dy{1, 1, 1};
    const bool by_input = kernels::gradient_is_told_by_input(activation);
    kernels::activation_gradient(activation, by_input ? x : y, dy);
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

TEST_CASE("gelu is as exact where it is small as where it is large") {
  for (int i = -90; i <= 90; ++i) {
    const double x = 0.1 * i;
    std::vector<float> y{static_cast<float>(x)};
    kernels::activate(Activation::gelu, y);
    const double right = expected(Activation::gelu, static_cast<double>(static_cast<float>(x)));
    CHECK(std::abs(y[0] - right) <= 1e-5 * std::abs(right));
  }
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
