// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <optional>

#include "cases.hpp"
#include "shards.hpp"

namespace tusk::strategies::testing {
namespace {

constexpr std::size_t size = shard_size;

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
