// SPDX-License-Identifier: Apache-2.0
#include "tusk/strategies/downpour.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "tusk/center/local_center.hpp"
#include "tusk/core/random.hpp"

using namespace tusk;
using strategies::Downpour;

namespace {

constexpr std::size_t size = 37;

// One worker of the production code, and the same worker in double precision by hand.
struct Pair {
  explicit Pair(const std::shared_ptr<center::LocalState>& state, std::size_t window,
                strategies::Divisor divisor)
      : center(state), strategy(center, window, std::move(divisor)), weights(size) {
    strategy.on_start(weights);
    reference.assign(weights.begin(), weights.end());
    pulled = reference;
  }

  center::LocalCenter center;
  Downpour strategy;
  std::vector<float> weights;
  std::vector<double> reference;  // x
  std::vector<double> pulled;     // x₀
};

void train(Pair& worker, Random& random) {
  for (std::size_t i = 0; i < size; ++i) {
    const double step = random.uniform(-0.5, 0.5);
    worker.weights[i] += static_cast<float>(step);
    worker.reference[i] += step;
  }
}

// Three workers whose windows of 1 to 5 steps end in a fixed, uneven order.
void compare_with_reference(strategies::Divisor divisor, bool divide_by_steps) {
  std::vector<float> initial(size);
  Random random(3, Stream::initial_weights);
  for (float& value : initial) value = static_cast<float>(random.normal());
  std::vector<double> center(initial.begin(), initial.end());

  const auto state = center::make_local_state(initial, 3);
  std::vector<std::unique_ptr<Pair>> workers;
  for (int i = 0; i < 3; ++i) workers.push_back(std::make_unique<Pair>(state, 5, divisor));

  for (int window = 0; window < 60; ++window) {
    Pair& worker = *workers[static_cast<std::size_t>(window * window) % 3];
    const std::size_t steps = 1 + random.below(5);
    for (std::size_t step = 0; step < steps; ++step) train(worker, random);
    worker.strategy.on_window_end(worker.weights, {.steps = steps, .samples = steps});
    for (std::size_t i = 0; i < size; ++i) {
      const double delta = worker.reference[i] - worker.pulled[i];
      center[i] += divide_by_steps ? delta / static_cast<double>(steps) : delta;
    }
    worker.reference = center;
    worker.pulled = center;
    for (std::size_t i = 0; i < size; ++i) {
      REQUIRE(worker.weights[i] == doctest::Approx(center[i]).epsilon(1e-4));
    }
  }
}

}  // namespace

TEST_CASE("downpour: the center moves by the whole delta of every window") {
  compare_with_reference(strategies::whole_delta, false);
}

TEST_CASE("adag: the center moves by the delta over the steps that were taken, short windows too") {
  compare_with_reference(strategies::mean_over_steps, true);
}

TEST_CASE("downpour: one worker with windows of one step keeps its weights to the last bit") {
  std::vector<float> initial(size);
  Random random(5, Stream::initial_weights);
  for (float& value : initial) value = static_cast<float>(random.normal());
  for (const auto& divisor : {strategies::whole_delta, strategies::mean_over_steps}) {
    center::LocalCenter center(center::make_local_state(initial, 1));
    Downpour strategy(center, 1, divisor);
    std::vector<float> weights(size);
    strategy.on_start(weights);
    REQUIRE(weights == initial);
    for (int step = 0; step < 1000; ++step) {
      for (float& weight : weights) weight += static_cast<float>(random.uniform(-1e-2, 1e-2));
      const std::vector<float> alone = weights;
      strategy.on_window_end(weights, {.steps = 1, .samples = 1});
      REQUIRE(weights == alone);
    }
  }
}
