// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "cases.hpp"
#include "drive.hpp"
#include "exchange/strategies/registry.hpp"

namespace tusk::strategies::testing {
namespace {

constexpr std::size_t size = 37;
constexpr double learning_rate = 0.3;

// The workers take their windows in a fixed, uneven order.
void check_rule(const MakePlace& make_place, const StrategyOptions& options, const Rule& rule,
                bool separate_pull) {
  const std::vector<float> initial = random_weights(size);
  const auto place = make_place(initial);
  const std::size_t n = place->workers();
  ReferenceCenter center{Vector(initial.begin(), initial.end())};
  std::vector<ReferenceWorker> reference(n, {.x = center.theta, .pulled = center.theta});
  std::vector<std::unique_ptr<Strategy>> strategies(n);
  std::vector<std::vector<float>> weights(n, std::vector<float>(size));
  for (std::size_t worker = 0; worker < n; ++worker) {
    place->turn(worker, [&](center::CenterVariable& variable) {
      strategies[worker] = make_strategy(options, {.center = &variable,
                                                   .workers = n,
                                                   .learning_rate = learning_rate,
                                                   .separate_pull = separate_pull});
      strategies[worker]->on_start(weights[worker]);
      CHECK(weights[worker] == initial);
    });
  }
  Random random(7, Stream::shuffle);
  for (int turn = 0; turn < 60; ++turn) {
    const std::size_t worker = random.below(n);
    const auto steps = random_steps(random, 1 + random.below(5), size);
    if (separate_pull) {
      reference[worker].x = reference[worker].pulled = center.theta;
      reference[worker].version = center.commits;
    }
    rule(center, reference[worker], steps);
    place->turn(worker, [&](center::CenterVariable&) {
      run_window(*strategies[worker], weights[worker], steps);
      if (!separate_pull) CHECK(distance(weights[worker], reference[worker].x) < 5e-5);
    });
  }
  CHECK(distance(place->center(), center.theta) < 5e-5);
}

// Sums over the workers of what they started from, their steps and their weights at the end.
struct Sums {
  Vector starts = Vector(size);
  Vector steps = Vector(size);
  Vector weights = Vector(size);
};

using Adjust = std::function<void(Random&, std::vector<Vector>& steps)>;

// Workers that each train 39 windows of four steps and one of two, all at once.
Sums train_together(Place& place, const StrategyOptions& options, const Adjust& adjust) {
  const std::size_t n = place.workers();
  Sums sums;
  place.together([&](std::size_t worker, center::CenterVariable& variable) {
    const auto strategy = make_strategy(options, {.center = &variable, .workers = n});
    std::vector<float> x(size);
    strategy->on_start(x);
    for (std::size_t i = 0; i < size; ++i) sums.starts[i] += x[i];
    Random random(5, Stream::shuffle, static_cast<std::uint32_t>(worker));
    for (int window = 0; window < 40; ++window) {
      auto steps = random_steps(random, window == 39 ? 2 : 4, size);
      adjust(random, steps);
      run_window(*strategy, x, steps);
      for (const Vector& step : steps) {
        for (std::size_t i = 0; i < size; ++i) sums.steps[i] += step[i];
      }
    }
    strategy->on_finish(x);
    for (std::size_t i = 0; i < size; ++i) sums.weights[i] += x[i];
  });
  place.sum(sums.starts);
  place.sum(sums.steps);
  place.sum(sums.weights);
  return sums;
}

}  // namespace

void check_rules(const MakePlace& make_place) {
  const std::size_t n = make_place(random_weights(size))->workers();
  const double alpha = 0.9 / static_cast<double>(n);
  for (const bool separate_pull : {false, true}) {
    check_rule(make_place, DownpourOptions{}, reference_downpour(), separate_pull);
    check_rule(make_place, HogwildOptions{}, reference_downpour(), separate_pull);
    check_rule(make_place, AdagOptions{}, reference_adag(), separate_pull);
    check_rule(make_place, DynsgdOptions{.count_absent = false}, reference_dynsgd(), separate_pull);
    check_rule(make_place, ExperimentalOptions{}, reference_experimental(learning_rate),
               separate_pull);
    check_rule(make_place, AsyncLocalSgdOptions{}, reference_async_local_sgd(1.5, n),
               separate_pull);
    check_rule(make_place, AsyncLocalSgdOptions{.outer_learning_rate = 2.5},
               reference_async_local_sgd(2.5, n), separate_pull);
    check_rule(make_place, GemOptions{.momentum = 0.8, .kappa = 1.5}, reference_gem(0.8, 1.5),
               separate_pull);
  }
  check_rule(make_place, AeasgdOptions{}, reference_aeasgd(alpha), false);
  check_rule(make_place, AeasgdOptions{.moving_rate = {.rho = 0.5}},
             reference_aeasgd(0.5 * learning_rate), false);
  check_rule(make_place, AeasgdOptions{.moving_rate = {.alpha = 0.25}}, reference_aeasgd(0.25),
             false);
}

void check_delayed_nesterov(const MakePlace& make_place) {
  const std::size_t n = make_place(random_weights(size))->workers();
  for (const bool separate_pull : {false, true}) {
    check_rule(make_place, DelayedNesterovOptions{}, reference_delayed_nesterov(0.7, 0.9, n, n),
               separate_pull);
    for (const std::size_t delay : {std::size_t{1}, std::size_t{3}, 2 * n}) {
      CAPTURE(delay);
      check_rule(
          make_place,
          DelayedNesterovOptions{.outer_learning_rate = 0.5, .outer_momentum = 0.6, .delay = delay},
          reference_delayed_nesterov(0.5, 0.6, delay, n), separate_pull);
    }
  }
  check_rule(make_place, DelayedNesterovOptions{.outer_learning_rate = 1.2, .outer_momentum = 0.0},
             reference_async_local_sgd(1.2, n), false);
}

void check_nothing_is_lost(const MakePlace& make_place) {
  const auto place = make_place(std::vector<float>(size, 3.0F));
  const auto whole_numbers = [](Random& random, std::vector<Vector>& steps) {
    for (Vector& step : steps) {
      for (double& value : step) value = static_cast<double>(random.below(9)) - 4.0;
    }
  };
  const Sums sums =
      train_together(*place, DownpourOptions{.communication_window = 4}, whole_numbers);
  const std::vector<float> theta = place->center();
  for (std::size_t i = 0; i < theta.size(); ++i) CHECK(theta[i] == 3.0 + sums.steps[i]);
}

void check_elastic_conserves(const MakePlace& make_place) {
  const std::vector<float> initial = random_weights(size);
  const auto place = make_place(initial);
  const auto first_alone = [](Random&, std::vector<Vector>& steps) {
    for (std::size_t i = 1; i < steps.size(); ++i) steps[i].assign(size, 0.0);
  };
  const Sums sums = train_together(*place, AeasgdOptions{.communication_window = 4}, first_alone);
  const std::vector<float> theta = place->center();
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const double expected = initial[i] + sums.starts[i] + sums.steps[i];
    CHECK(theta[i] + sums.weights[i] == doctest::Approx(expected).epsilon(1e-4));
  }
}

}  // namespace tusk::strategies::testing
