// SPDX-License-Identifier: Apache-2.0
#include "net/optim/make_optimizer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "tusk/random.hpp"

using namespace tusk;

namespace {

const std::vector<std::size_t> array_sizes{1500, 37, 600, 3};  // parts of the sweep, and remainders
constexpr std::size_t size = 1500 + 37 + 600 + 3;

AlignedVector<float> noise(std::uint32_t index) {
  Random random(11, Stream::shuffle, index);
  AlignedVector<float> values(size);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

// Keras 3's rules in double precision, for one parameter: (g, t) → what is added to x.
using Rule = std::function<double(double g, int t)>;

// Runs `steps` steps of both and compares every weight after every step. `make_rule` gives a rule
// with state of its own.
void check_against(const OptimizerOptions& options, const std::function<Rule()>& make_rule) {
  const auto optimizer = optim::make_optimizer(options, array_sizes);
  AlignedVector<float> weights = noise(0);
  std::vector<double> expected(weights.begin(), weights.end());
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < size; ++i) rules.push_back(make_rule());
  for (int t = 1; t <= 20; ++t) {
    AlignedVector<float> gradients = noise(static_cast<std::uint32_t>(t));
    for (std::size_t i = 0; i < size; ++i) {
      expected[i] -= expected[i] * options.weight_decay * options.learning_rate;
      expected[i] += rules[i](gradients[i], t);
    }
    optimizer->step(weights, gradients);
    double error = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      error = std::max(error, std::abs(weights[i] - expected[i]));
    }
    CAPTURE(t);
    REQUIRE(error < 1e-5);
  }
  CHECK(optimizer->iterations() == 20);
}

OptimizerOptions with_rate(const OptimizerKind& kind, double learning_rate, double decay = 0.0) {
  OptimizerOptions options = with_defaults(kind);
  options.learning_rate = learning_rate;
  options.weight_decay = decay;
  return options;
}

}  // namespace

TEST_CASE("defaults are Keras's") {
  CHECK(with_defaults(SgdOptions{}).learning_rate == 0.01);
  CHECK(with_defaults(AdagradOptions{}).learning_rate == 0.001);
  CHECK(with_defaults(AdamOptions{}).weight_decay == 0.0);
  CHECK(with_defaults(AdamwOptions{}).weight_decay == 0.004);
  CHECK(AdagradOptions{}.initial_accumulator_value == 0.1);
}

TEST_CASE("sgd") {
  const double rate = 0.1;
  check_against(with_rate(SgdOptions{}, rate),
                [=] { return [=](double g, int) { return -rate * g; }; });
  check_against(with_rate(SgdOptions{}, rate, 0.05),
                [=] { return [=](double g, int) { return -rate * g; }; });
  // As in Keras, Nesterov without momentum is plain.
  check_against(with_rate(SgdOptions{.nesterov = true}, rate),
                [=] { return [=](double g, int) { return -rate * g; }; });
  for (const bool nesterov : {false, true}) {
    check_against(with_rate(SgdOptions{.momentum = 0.9, .nesterov = nesterov}, rate), [=] {
      return [=, v = 0.0](double g, int) mutable {
        v = 0.9 * v - rate * g;
        return nesterov ? 0.9 * v - rate * g : v;
      };
    });
  }
}

TEST_CASE("a step of plain sgd adds the rounded −ηg") {
  const auto optimizer = optim::make_optimizer(with_rate(SgdOptions{}, 0.1), array_sizes);
  AlignedVector<float> weights = noise(0);
  AlignedVector<float> expected = weights;
  AlignedVector<float> gradients = noise(1);
  for (std::size_t i = 0; i < size; ++i) {
    const volatile float delta = -0.1F * gradients[i];
    expected[i] += delta;
  }
  optimizer->step(weights, gradients);
  CHECK(weights == expected);
}

TEST_CASE("adagrad") {
  check_against(with_rate(AdagradOptions{.initial_accumulator_value = 0.2, .epsilon = 1e-3}, 0.1),
                [] {
                  return [a = 0.2](double g, int) mutable {
                    a += g * g;
                    return -0.1 * g / std::sqrt(a + 1e-3);
                  };
                });
}

TEST_CASE("rmsprop, plain and centered, without and with momentum") {
  for (const bool centered : {false, true}) {
    for (const double momentum : {0.0, 0.8}) {
      const RmspropOptions kind{
          .rho = 0.7, .momentum = momentum, .epsilon = 1e-2, .centered = centered};
      check_against(with_rate(kind, 0.01), [=] {
        return [=, v = 0.0, a = 0.0, m = 0.0](double g, int) mutable {
          v = 0.7 * v + 0.3 * g * g;
          a = 0.7 * a + 0.3 * g;
          const double step = 0.01 * g / std::sqrt(v - (centered ? a * a : 0.0) + 1e-2);
          m = momentum * m + step;
          return -m;
        };
      });
    }
  }
}

TEST_CASE("centered rmsprop of a constant gradient stays a number") {
  const auto optimizer = optim::make_optimizer(
      with_rate(RmspropOptions{.rho = 0.9, .centered = true}, 0.001), array_sizes);
  AlignedVector<float> weights(size);
  for (int t = 0; t < 300; ++t) {
    AlignedVector<float> gradients(size, 1000.1F);
    optimizer->step(weights, gradients);
  }
  CHECK(std::isfinite(weights[0]));
}

TEST_CASE("adam and adamw, plain and amsgrad") {
  for (const bool amsgrad : {false, true}) {
    const AdamOptions kind{.beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-4, .amsgrad = amsgrad};
    const auto make_rule = [=] {
      return [=, m = 0.0, v = 0.0, top = 0.0](double g, int t) mutable {
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g * g;
        top = std::max(top, v);
        const double alpha = 0.01 * std::sqrt(1 - std::pow(0.95, t)) / (1 - std::pow(0.8, t));
        return -alpha * m / (std::sqrt(amsgrad ? top : v) + 1e-4);
      };
    };
    check_against(with_rate(kind, 0.01), make_rule);
    check_against(with_rate(AdamwOptions{kind}, 0.01, 0.02), make_rule);
  }
}

TEST_CASE("adadelta") {
  check_against(with_rate(AdadeltaOptions{.rho = 0.9, .epsilon = 1e-3}, 0.5), [] {
    return [a = 0.0, b = 0.0](double g, int) mutable {
      a = 0.9 * a + 0.1 * g * g;
      const double d = -std::sqrt(b + 1e-3) * g / std::sqrt(a + 1e-3);
      b = 0.9 * b + 0.1 * d * d;
      return 0.5 * d;
    };
  });
}

TEST_CASE("adamax") {
  check_against(with_rate(AdamaxOptions{.beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3}, 0.01), [] {
    return [m = 0.0, u = 0.0](double g, int t) mutable {
      m = 0.8 * m + 0.2 * g;
      u = std::max(0.95 * u, std::abs(g));
      return -0.01 * m / ((1 - std::pow(0.8, t)) * (u + 1e-3));
    };
  });
}

TEST_CASE("nadam, with its schedule of momenta") {
  check_against(with_rate(NadamOptions{.beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3}, 0.01), [] {
    return [m = 0.0, v = 0.0, product = 1.0](double g, int t) mutable {
      const double now = 0.8 * (1 - 0.5 * std::pow(0.96, t));
      const double next = 0.8 * (1 - 0.5 * std::pow(0.96, t + 1));
      product *= now;
      m = 0.8 * m + 0.2 * g;
      v = 0.95 * v + 0.05 * g * g;
      const double m_hat = next * m / (1 - product * next) + (1 - now) * g / (1 - product);
      const double v_hat = v / (1 - std::pow(0.95, t));
      return -0.01 * m_hat / (std::sqrt(v_hat) + 1e-3);
    };
  });
}

TEST_CASE("the learning rate is read at every step") {
  const auto optimizer = optim::make_optimizer(with_rate(SgdOptions{}, 0.1), array_sizes);
  AlignedVector<float> weights(size);
  AlignedVector<float> gradients(size, 1.0F);
  optimizer->step(weights, gradients);
  optimizer->set_learning_rate(0.5);
  CHECK(optimizer->learning_rate() == 0.5);
  optimizer->step(weights, gradients);
  CHECK(weights[0] == doctest::Approx(-0.6));
}
