// SPDX-License-Identifier: Apache-2.0
// The elastic rules and those with an outer step on f(x) = h x²/2, where what they do has a closed
// form.
#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <deque>
#include <memory>
#include <numbers>
#include <span>
#include <vector>

#include "exchange/center/local_center.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/strategies/registry.hpp"
#include "net/optim/make_optimizer.hpp"
#include "place.hpp"
#include "tusk/peers.hpp"

using namespace tusk;

namespace {

constexpr std::size_t one = 1;

// One worker with windows of one step and the real optimizer; returns |x| at the end.
double descend(const StrategyOptions& options, const SgdOptions& sgd, double rate_times_h,
               int steps) {
  const auto optimizer = optim::make_optimizer({.kind = sgd, .learning_rate = 1.0}, {&one, 1});
  const float start = 1.0F;
  center::LocalCenter center(center::make_local_state({&start, 1}, 1));
  const auto strategy =
      strategies::make_strategy(options, {.center = &center,
                                          .velocity = optimizer->lookahead().velocity,
                                          .momentum = optimizer->lookahead().momentum});
  std::vector<float> x(1);
  std::vector<float> g(1);
  strategy->on_start(x);
  for (int step = 0; step < steps; ++step) {
    strategy->on_window_start(x);
    g[0] = static_cast<float>(rate_times_h) * x[0];
    strategy->on_gradients(x, g, 1);
    optimizer->step(x, g);
    strategy->on_step(x);
    strategy->on_window_end(x, {.steps = 1, .samples = 1});
  }
  return std::abs(x[0]);
}

const EamsgdOptions eamsgd{.communication_window = 1, .moving_rate = {.alpha = 0.05}};
const SgdOptions nesterov{.momentum = 0.9, .nesterov = true};

// One coordinate of Aᵗ (mean of x, θ) for the elastic map A of a worker, or of the mean of n
// workers, with plain SGD: x ← (1 − ηh − α) x + αθ, θ ← (1 − β) θ + β x, by Sylvester's formula.
struct Pair {
  double x;
  double theta;
};
Pair closed_form(double rate_times_h, double alpha, double beta, int t, Pair start) {
  const double a = 1.0 - rate_times_h - alpha;
  const double d = 1.0 - beta;
  const double root = std::sqrt((a - d) * (a - d) + 4.0 * alpha * beta);
  const double l1 = (a + d + root) / 2.0;
  const double l2 = (a + d - root) / 2.0;
  const double p = std::pow(l1, t) / (l1 - l2);
  const double q = std::pow(l2, t) / (l1 - l2);
  const Pair image{a * start.x + alpha * start.theta, beta * start.x + d * start.theta};
  return {p * (image.x - l2 * start.x) - q * (image.x - l1 * start.x),
          p * (image.theta - l2 * start.theta) - q * (image.theta - l1 * start.theta)};
}

}  // namespace

TEST_CASE("eamsgd on a quadratic converges below its limit of 1.345 and diverges above") {
  CHECK(descend(eamsgd, nesterov, 1.30, 3000) < 1e-6);
  CHECK(descend(eamsgd, nesterov, 1.36, 500) > 1e3);
}

TEST_CASE(
    "mistake 9: eamsgd's gradient is taken ahead and scaled with the rate once, so 0.11 to "
    "1.3 is stable") {
  for (const double rate_times_h : {0.05, 0.11, 0.2, 0.5, 1.0, 1.3}) {
    CAPTURE(rate_times_h);
    CHECK(descend(eamsgd, nesterov, rate_times_h, 5000) < 1e-6);
  }
}

TEST_CASE("eamsgd on a quadratic is algorithm 2 in double precision") {
  for (const double rate_times_h : {0.1, 0.7, 1.2}) {
    for (const int t : {1, 2, 7, 30}) {
      double x = 1.0;
      double v = 0.0;
      double theta = 1.0;
      for (int step = 0; step < t; ++step) {
        const double force = 0.05 * (x - theta);
        v = 0.9 * v - rate_times_h * (x + 0.9 * v);
        x += v - force;
        theta += force;
      }
      CHECK(descend(eamsgd, nesterov, rate_times_h, t) ==
            doctest::Approx(std::abs(x + 0.9 * v)).epsilon(1e-4));
    }
  }
}

TEST_CASE("aeasgd on a quadratic is its closed form") {
  for (const double rate_times_h : {0.1, 0.5, 1.2}) {
    for (const double alpha : {0.05, 0.4}) {
      const AeasgdOptions options{.communication_window = 1, .moving_rate = {.alpha = alpha}};
      for (const int t : {1, 2, 5, 20}) {
        const Pair expected = closed_form(rate_times_h, alpha, alpha, t, {1.0, 1.0});
        CHECK(descend(options, {}, rate_times_h, t) ==
              doctest::Approx(std::abs(expected.x)).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("easgd on a quadratic is its closed form: the mean and the center, and each worker") {
  constexpr std::size_t n = 4;
  constexpr double alpha = 0.1;
  constexpr double rate_times_h = 0.3;
  constexpr int steps = 12;
  const auto meeting = strategies::testing::make_thread_meeting(n);
  meeting->run([&](center::Peers& peers) {
    const auto strategy = strategies::make_strategy(
        EasgdOptions{.communication_window = 1, .moving_rate = {.alpha = alpha}},
        {.peers = &peers, .workers = n});
    std::vector<float> x{2.0F};
    std::vector<float> g(1);
    strategy->on_start(x);
    const auto offset = static_cast<float>(peers.index()) - 1.5F;  // mean 0
    x[0] += offset;
    for (int step = 0; step < steps; ++step) {
      strategy->on_window_start(x);
      g[0] = static_cast<float>(rate_times_h) * x[0];
      strategy->on_gradients(x, g, 1);
      x[0] -= g[0];
      strategy->on_step(x);
      strategy->on_window_end(x, {.steps = 1, .samples = 1});
    }
    std::vector<float> theta(1);
    strategy->model(x, theta);
    const Pair mean = closed_form(rate_times_h, alpha, n * alpha, steps, {2.0, 2.0});
    CHECK(theta[0] == doctest::Approx(mean.theta).epsilon(1e-4));
    const double apart = std::pow(1.0 - rate_times_h - alpha, steps) * offset;
    CHECK(x[0] == doctest::Approx(mean.x + apart).epsilon(1e-4));
  });
}

namespace {

// θ after t windows of diloco on a quadratic, of which a window goes the share h of the way to the
// optimum at 0: θₜ₊₁ = (1 + μ − η(1 + μ)h) θₜ − (μ − ημh) θₜ₋₁ with Nesterov's momentum, and
// (1 + μ − ηh) θₜ − μ θₜ₋₁ without, from θ₀ = 1 and θ₁ = 1 − η(1 + μ)h, or 1 − ηh; by the roots of
// its characteristic equation.
double outer_closed_form(double eta, double mu, bool ahead, double h, int t) {
  using Complex = std::complex<double>;
  const double p = ahead ? 1.0 + mu - eta * (1.0 + mu) * h : 1.0 + mu - eta * h;
  const double q = ahead ? mu - eta * mu * h : mu;
  const double first = 1.0 - eta * (ahead ? 1.0 + mu : 1.0) * h;
  const Complex root = std::sqrt(Complex(p * p / 4.0 - q));
  const Complex r1 = p / 2.0 + root;
  const Complex r2 = p / 2.0 - root;
  const Complex c1 = (first - r2) / (r1 - r2);
  return (c1 * std::pow(r1, t) + (1.0 - c1) * std::pow(r2, t)).real();
}

// The same by the rule, with workers that take `steps` steps of plain SGD from the θ that it gives
// them.
double outer_descent(const DilocoOptions& options, double rate_times_h, int t) {
  center::LonePeer peer;
  const auto strategy = strategies::make_strategy(options, {.peers = &peer});
  std::vector<float> x{1.0F};
  strategy->on_start(x);
  for (int window = 0; window < t; ++window) {
    strategy->on_window_start(x);
    for (std::size_t step = 0; step < options.communication_window; ++step) {
      x[0] -= static_cast<float>(rate_times_h) * x[0];
    }
    strategy->on_window_end(x, {.steps = options.communication_window, .samples = 1});
  }
  return static_cast<double>(x[0]);
}

}  // namespace

TEST_CASE("diloco on a quadratic is its closed form, with either momentum") {
  for (const bool ahead : {true, false}) {
    for (const double mu : {0.3, 0.9}) {
      for (const double rate_times_h : {0.02, 0.3}) {
        for (const std::size_t window : {1U, 4U}) {
          const DilocoOptions options{
              .communication_window = window, .outer_momentum = mu, .nesterov = ahead};
          const double h = 1.0 - std::pow(1.0 - rate_times_h, static_cast<double>(window));
          for (const int t : {1, 2, 7, 30}) {
            CHECK(outer_descent(options, rate_times_h, t) ==
                  doctest::Approx(outer_closed_form(0.7, mu, ahead, h, t)).epsilon(1e-4));
          }
        }
      }
    }
  }
}

TEST_CASE("diloco converges on a quadratic below its limit and diverges above") {
  // Nesterov's momentum is stable for η h < (2 + 2μ)/(1 + 2μ), which is 1.357 at μ = 0.9.
  const auto descent = [](double outer_rate) {
    const DilocoOptions options{.communication_window = 1, .outer_learning_rate = outer_rate};
    return std::abs(outer_descent(options, 1.0, 400));
  };
  CHECK(descent(1.35) < 0.1);
  CHECK(descent(1.37) > 100.0);
}

namespace {

// n workers that commit in turn to one center, on f(x) = h x²/2, with windows of one step of plain
// SGD that goes the share h of the way: |θ| after t commits, or when it has become a million.
double in_turn(const StrategyOptions& options, std::size_t n, bool overlap, double h, int t) {
  const std::vector<float> at_first{0.0F, 1.0F};  // v, θ_kept
  const auto state = center::make_local_state(std::span(at_first).last(1), n, 0, at_first);
  std::deque<center::LocalCenter> centers;
  std::deque<center::OverlappingCenter> beside;
  std::vector<std::unique_ptr<strategies::Strategy>> workers;
  std::vector<std::vector<float>> x(n, std::vector<float>(1));
  for (std::size_t w = 0; w < n; ++w) {
    center::CenterVariable& center = centers.emplace_back(state);
    workers.push_back(strategies::make_strategy(
        options, {.center = overlap ? &beside.emplace_back(center) : &center,
                  .workers = n,
                  .overlap = overlap}));
    workers.back()->on_start(x[w]);
  }
  std::vector<float> theta(1);
  for (int turn = 0; turn < t && std::abs(theta[0]) < 1e6F; ++turn) {
    const std::size_t w = static_cast<std::size_t>(turn) % n;
    workers[w]->on_window_start(x[w]);
    x[w][0] -= static_cast<float>(h) * x[w][0];
    workers[w]->on_window_end(x[w], {.steps = 1, .samples = 1});
    if (overlap) beside[w].complete();
    center::LocalServer(state).snapshot(theta);
  }
  return std::abs(static_cast<double>(theta[0]));
}

// Whether n workers in turn converge at h = 0.97 of the limit of γ h and diverge at 1.03 of it.
void check_limit(const StrategyOptions& options, double rate, std::size_t n, bool overlap,
                 double limit) {
  CAPTURE(n);
  CAPTURE(rate);
  const int turns = static_cast<int>(n) * 3000;
  CHECK(in_turn(options, n, overlap, 0.97 * limit / rate, turns) < 0.1);
  CHECK(in_turn(options, n, overlap, 1.03 * limit / rate, turns) > 10.0);
}

}  // namespace

TEST_CASE("async_local_sgd on a quadratic is stable as far as its limit, and no farther") {
  for (const std::size_t n : {1U, 2U, 4U, 32U}) {
    const double limit =
        n == 1 ? 2.0
               : 2.0 * static_cast<double>(n) *
                     std::sin(std::numbers::pi / (4.0 * static_cast<double>(n) - 2.0));
    for (const double rate : {1.0, 2.5}) {
      check_limit(AsyncLocalSgdOptions{.outer_learning_rate = rate}, rate, n, false, limit);
    }
  }
  // Beside the steps the limits are, by the eigenvalues of a round, 1.111 for 4 workers and 0.815
  // for 32; for many π/4.
  check_limit(AsyncLocalSgdOptions{}, 0.75, 4, true, 1.111);
  check_limit(AsyncLocalSgdOptions{}, 0.75, 32, true, 0.815);
}

TEST_CASE("delayed_nesterov on a quadratic is stable as far as its limit, and no farther") {
  // By the eigenvalues of a round.
  check_limit(DelayedNesterovOptions{.outer_momentum = 0.5}, 0.7, 4, false, 1.147);
  check_limit(DelayedNesterovOptions{.outer_momentum = 0.5}, 0.7, 32, false, 0.948);
  check_limit(DelayedNesterovOptions{.outer_momentum = 0.9}, 0.7, 32, false, 0.440);
}

TEST_CASE("delayed_nesterov of one worker with D = 1 is Nesterov's closed form") {
  for (const double h : {0.05, 0.4}) {
    for (const int t : {1, 2, 7, 30}) {
      const DelayedNesterovOptions options{.communication_window = 1, .outer_momentum = 0.6};
      CHECK(in_turn(options, 1, false, h, t) ==
            doctest::Approx(std::abs(outer_closed_form(0.7, 0.6, true, h, t))).epsilon(1e-3));
    }
  }
}
