// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "drive.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/strategies/registry.hpp"

using namespace tusk;
using namespace tusk::strategies;
using namespace tusk::strategies::testing;

TEST_CASE("one worker with windows of one step keeps its weights to the last bit") {
  const std::vector<float> initial = random_weights(37);
  Random random(5, Stream::shuffle);
  for (const StrategyOptions& options :
       {StrategyOptions{DownpourOptions{.communication_window = 1}},
        StrategyOptions{AdagOptions{.communication_window = 1}},
        StrategyOptions{DynsgdOptions{.communication_window = 1}}}) {
    center::LocalCenter center(center::make_local_state(initial, 1));
    const auto strategy = make_strategy(options, {.center = &center});
    std::vector<float> weights(initial.size());
    strategy->on_start(weights);
    REQUIRE(weights == initial);
    for (int step = 0; step < 1000; ++step) {
      strategy->on_window_start(weights);
      for (float& weight : weights) weight += static_cast<float>(random.uniform(-1e-2, 1e-2));
      const std::vector<float> alone = weights;
      strategy->on_window_end(weights, {.steps = 1, .samples = 1});
      REQUIRE(weights == alone);
    }
  }
}

TEST_CASE("one worker's exchanges beside its steps change nothing, to the last bit") {
  const std::vector<float> initial = random_weights(37);
  for (const StrategyOptions& options :
       {StrategyOptions{DownpourOptions{}}, StrategyOptions{AdagOptions{}},
        StrategyOptions{DynsgdOptions{}}}) {
    center::LocalCenter alone(center::make_local_state(initial, 1));
    center::LocalCenter beside(center::make_local_state(initial, 1));
    center::OverlappingCenter overlapping(beside);
    const auto plain = make_strategy(options, {.center = &alone});
    const auto late = make_strategy(options, {.center = &overlapping});
    std::vector<float> x(initial.size());
    std::vector<float> y(initial.size());
    plain->on_start(x);
    late->on_start(y);
    Random random(5, Stream::shuffle);
    for (int window = 0; window < 200; ++window) {
      const std::size_t steps = 1 + random.below(4);
      for (std::size_t step = 0; step < steps; ++step) {
        for (std::size_t i = 0; i < x.size(); ++i) {
          const auto noise = static_cast<float>(random.uniform(-1e-2, 1e-2));
          x[i] += noise - 0.1F * x[i];
          y[i] += noise - 0.1F * y[i];
        }
      }
      plain->on_window_end(x, {.steps = steps, .samples = steps});
      late->on_window_end(y, {.steps = steps, .samples = steps});
      REQUIRE(x == y);
    }
    overlapping.complete();
    std::vector<float> theta(x.size());
    CHECK(beside.pull(theta) == 200);
    CHECK(theta == x);
  }
}
