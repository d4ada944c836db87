// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "drive.hpp"
#include "tusk/center/local_center.hpp"
#include "tusk/strategies/registry.hpp"

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
