// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include "drive.hpp"
#include "exchange/strategies/registry.hpp"
#include "tusk/peers.hpp"

// Workers without a center that train on shards of uneven length, and where they would be in double
// precision.
namespace tusk::strategies::testing {

inline constexpr std::size_t shard_size = 23;  // of the vector
inline constexpr double rate = 0.1;            // η
inline constexpr int passes = 3;

// A mini-batch whose loss is samples/2 · |x − target|², so that its gradient at x is x − target.
struct Batch {
  std::size_t samples;
  Vector target;
};
using Shard = std::vector<Batch>;

// Workers with 4, 5, 6 … batches of uneven size, or all with 4 batches of 8.
inline std::vector<Shard> make_shards(std::size_t workers, bool equal) {
  Random random(9, Stream::shuffle);
  std::vector<Shard> shards(workers);
  for (std::size_t worker = 0; worker < workers; ++worker) {
    for (std::size_t batch = 0; batch < (equal ? 4 : 4 + worker); ++batch) {
      const std::size_t samples = equal ? 8 : 1 + random.below(8);
      shards[worker].push_back({samples, random_steps(random, 1, shard_size).front()});
    }
  }
  return shards;
}

struct Result {
  std::vector<float> x;
  std::vector<float> model;
};

// The worker's loop with plain SGD.
inline Result train(const StrategyOptions& options, center::Peers& peers,
                    const std::vector<float>& start, const Shard& shard) {
  const auto strategy = make_strategy(options, {.peers = &peers, .workers = peers.count()});
  std::vector<float> x = start;
  std::vector<float> g(shard_size);
  const auto step_down = [&] {
    for (std::size_t i = 0; i < shard_size; ++i) x[i] += -static_cast<float>(rate) * g[i];
  };
  strategy->on_start(x);
  for (int pass = 0; pass < passes; ++pass) {
    const std::size_t steps = strategy->on_pass_start(shard.size());
    const std::size_t window_size = strategy->communication_window();
    Window window;
    for (std::size_t step = 0; step < steps; ++step) {
      if (step % window_size == 0) {
        window = {};
        strategy->on_window_start(x);
      }
      const bool has_batch = step < shard.size();
      const std::size_t samples = has_batch ? shard[step].samples : 0;
      for (std::size_t i = 0; i < shard_size; ++i) {
        g[i] = has_batch ? x[i] - static_cast<float>(shard[step].target[i]) : 0.0F;
      }
      strategy->on_gradients(x, g, samples);
      if (has_batch || strategy->shares_gradients()) step_down();
      strategy->on_step(x);
      window.steps += has_batch ? 1 : 0;
      window.samples += samples;
      if ((step + 1) % window_size == 0 || step + 1 == steps) strategy->on_window_end(x, window);
    }
  }
  strategy->on_finish(x);
  Result result{x, std::vector<float>(shard_size)};
  strategy->model(x, result.model);
  return result;
}

// All replicas' positions in double precision: for every pass and step, `visit` with those that
// have a batch there.
using Visit = std::function<void(std::size_t step, std::size_t steps)>;
inline void replay(const std::vector<Shard>& shards, const Visit& visit) {
  std::size_t steps = 0;
  for (const Shard& shard : shards) steps = std::max(steps, shard.size());
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t step = 0; step < steps; ++step) visit(step, steps);
  }
}

inline void check_close(const std::vector<float>& values, const Vector& reference) {
  for (std::size_t i = 0; i < shard_size; ++i) {
    CHECK(values[i] == doctest::Approx(reference[i]).epsilon(1e-5));
  }
}

inline Vector doubles(const std::vector<float>& values) { return {values.begin(), values.end()}; }

}  // namespace tusk::strategies::testing
