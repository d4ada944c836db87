// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <optional>

#include "cases.hpp"
#include "drive.hpp"
#include "exchange/strategies/registry.hpp"

namespace tusk::strategies::testing {
namespace {

constexpr std::size_t size = 23;
constexpr double rate = 0.1;  // η
constexpr int passes = 3;

// A mini-batch whose loss is samples/2 · |x − target|², so that its gradient at x is x − target.
struct Batch {
  std::size_t samples;
  Vector target;
};
using Shard = std::vector<Batch>;

// Workers with 4, 5, 6 … batches of uneven size, or all with 4 batches of 8.
std::vector<Shard> make_shards(std::size_t workers, bool equal) {
  Random random(9, Stream::shuffle);
  std::vector<Shard> shards(workers);
  for (std::size_t worker = 0; worker < workers; ++worker) {
    for (std::size_t batch = 0; batch < (equal ? 4 : 4 + worker); ++batch) {
      const std::size_t samples = equal ? 8 : 1 + random.below(8);
      shards[worker].push_back({samples, random_steps(random, 1, size).front()});
    }
  }
  return shards;
}

struct Result {
  std::vector<float> x;
  std::vector<float> model;
};

// The worker's loop with plain SGD.
Result train(const StrategyOptions& options, center::Peers& peers, const std::vector<float>& start,
             const Shard& shard) {
  const auto strategy = make_strategy(options, {.peers = &peers, .workers = peers.count()});
  std::vector<float> x = start;
  std::vector<float> g(size);
  const auto step_down = [&] {
    for (std::size_t i = 0; i < size; ++i) x[i] += -static_cast<float>(rate) * g[i];
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
      for (std::size_t i = 0; i < size; ++i) {
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
  Result result{x, std::vector<float>(size)};
  strategy->model(x, result.model);
  return result;
}

// All replicas' positions in double precision: for every pass and step, `visit` with those that
// have a batch there.
using Visit = std::function<void(std::size_t step, std::size_t steps)>;
void replay(const std::vector<Shard>& shards, const Visit& visit) {
  std::size_t steps = 0;
  for (const Shard& shard : shards) steps = std::max(steps, shard.size());
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t step = 0; step < steps; ++step) visit(step, steps);
  }
}

void check_close(const std::vector<float>& values, const Vector& reference) {
  for (std::size_t i = 0; i < size; ++i) {
    CHECK(values[i] == doctest::Approx(reference[i]).epsilon(1e-5));
  }
}

Vector doubles(const std::vector<float>& values) { return {values.begin(), values.end()}; }

void averaging_with_window(Meeting& meeting, std::optional<std::size_t> window) {
  const auto shards = make_shards(meeting.count(), false);
  const std::vector<float> start = random_weights(size);
  std::vector<Vector> x(shards.size(), doubles(start));
  std::vector<double> seen(shards.size());
  replay(shards, [&](std::size_t step, std::size_t steps) {
    for (std::size_t w = 0; w < shards.size(); ++w) {
      if (step >= shards[w].size()) continue;
      for (std::size_t i = 0; i < size; ++i)
        x[w][i] -= rate * (x[w][i] - shards[w][step].target[i]);
      seen[w] += static_cast<double>(shards[w][step].samples);
    }
    if (step + 1 != steps && (!window || (step + 1) % *window != 0)) return;
    Vector mean(size);
    double total = 0.0;
    for (std::size_t w = 0; w < shards.size(); ++w) {
      total += seen[w];
      for (std::size_t i = 0; i < size; ++i) mean[i] += seen[w] * x[w][i];
    }
    for (double& value : mean) value /= total;
    x.assign(shards.size(), mean);
    seen.assign(shards.size(), 0.0);
  });
  meeting.run([&](center::Peers& peers) {
    const AveragingOptions options{.communication_window = window};
    check_close(train(options, peers, start, shards[peers.index()]).model, x.front());
  });
}

}  // namespace

void check_averaging(Meeting& meeting) {
  averaging_with_window(meeting, std::nullopt);
  averaging_with_window(meeting, 2);
}

void check_sync_sgd(Meeting& meeting) {
  const auto shards = make_shards(meeting.count(), false);
  const std::vector<float> start = random_weights(size);
  Vector x = doubles(start);
  replay(shards, [&](std::size_t step, std::size_t) {
    Vector gradient(size);
    double total = 0.0;
    for (const Shard& shard : shards) {
      if (step >= shard.size()) continue;
      const auto samples = static_cast<double>(shard[step].samples);
      total += samples;
      for (std::size_t i = 0; i < size; ++i)
        gradient[i] += samples * (x[i] - shard[step].target[i]);
    }
    for (std::size_t i = 0; i < size; ++i) x[i] -= rate * gradient[i] / total;
  });
  meeting.run([&](center::Peers& peers) {
    const Result result = train(SyncSgdOptions{}, peers, start, shards[peers.index()]);
    check_close(result.model, x);
    std::vector<float> first = result.x;
    if (peers.index() != 0) first.assign(size, 0.0F);
    peers.sum(first);
    CHECK(result.x == first);  // replicas stay the same to the last bit
  });
}

void check_easgd(Meeting& meeting) {
  const auto shards = make_shards(meeting.count(), false);
  const std::size_t n = shards.size();
  const double alpha = 0.9 / static_cast<double>(n);
  const std::vector<float> start = random_weights(size);
  std::vector<Vector> x(n, doubles(start));
  Vector theta = doubles(start);
  const auto exchange = [&] {
    std::vector<Vector> force(n, Vector(size));
    for (std::size_t w = 0; w < n; ++w) {
      for (std::size_t i = 0; i < size; ++i) force[w][i] = alpha * (x[w][i] - theta[i]);
    }
    for (const Vector& f : force) {
      for (std::size_t i = 0; i < size; ++i) theta[i] += f[i];
    }
    return force;
  };
  const auto pull = [&](const std::vector<Vector>& force) {
    for (std::size_t w = 0; w < n; ++w) {
      for (std::size_t i = 0; i < size; ++i) x[w][i] -= force[w][i];
    }
  };
  replay(shards, [&](std::size_t step, std::size_t) {
    const std::vector<Vector> before = x;  // where the gradients are taken
    const bool due = step % 2 == 0;
    const auto force = due ? exchange() : std::vector<Vector>{};
    for (std::size_t w = 0; w < n; ++w) {
      if (step >= shards[w].size()) continue;
      for (std::size_t i = 0; i < size; ++i) {
        x[w][i] -= rate * (before[w][i] - shards[w][step].target[i]);
      }
    }
    if (due) pull(force);
  });
  pull(exchange());
  meeting.run([&](center::Peers& peers) {
    const EasgdOptions options{.communication_window = 2};
    const Result result = train(options, peers, start, shards[peers.index()]);
    check_close(result.model, theta);
    check_close(result.x, x[peers.index()]);
  });
}

void check_averaging_is_sync_sgd(Meeting& meeting) {
  const auto shards = make_shards(meeting.count(), true);
  const std::vector<float> start = random_weights(size);
  meeting.run([&](center::Peers& peers) {
    const Shard& shard = shards[peers.index()];
    const Result weights = train(AveragingOptions{.communication_window = 1}, peers, start, shard);
    const Result gradients = train(SyncSgdOptions{}, peers, start, shard);
    for (std::size_t i = 0; i < size; ++i) {
      CHECK(weights.model[i] == doctest::Approx(gradients.model[i]).epsilon(1e-6));
    }
  });
}

void check_easgd_conserves(Meeting& meeting) {
  meeting.run([&](center::Peers& peers) {
    const auto strategy = make_strategy(EasgdOptions{.communication_window = 1},
                                        {.peers = &peers, .workers = peers.count()});
    std::vector<float> x = random_weights(size);
    const std::vector<float> start = x;
    strategy->on_start(x);
    for (float& value : x) value += static_cast<float>(peers.index());  // unlike the others
    std::vector<double> sum(x.begin(), x.end());
    peers.sum(sum);
    for (std::size_t i = 0; i < size; ++i) sum[i] += start[i];
    for (int window = 0; window < 50; ++window) run_window(*strategy, x, {Vector(size)});
    std::vector<float> theta(size);
    strategy->model(x, theta);
    std::vector<double> now(x.begin(), x.end());
    peers.sum(now);
    std::vector<float> first = theta;
    if (peers.index() != 0) first.assign(size, 0.0F);
    peers.sum(first);
    CHECK(theta == first);
    for (std::size_t i = 0; i < size; ++i) {
      CHECK(now[i] + theta[i] == doctest::Approx(sum[i]).epsilon(1e-5));
    }
  });
}

}  // namespace tusk::strategies::testing
