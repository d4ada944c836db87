// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "cases.hpp"
#include "shards.hpp"

namespace tusk::strategies::testing {
namespace {

constexpr std::size_t size = shard_size;

// θ at the end in double precision. Every window begins anew with a pass, whose last one is short.
Vector outer_optimizer(const std::vector<Shard>& shards, const Vector& start,
                       const DilocoOptions& options) {
  const std::size_t window = options.communication_window;
  const double mu = options.outer_momentum;
  Vector theta = start;
  Vector velocity(size);
  std::vector<Vector> x(shards.size(), theta);
  std::vector<double> seen(shards.size());
  replay(shards, [&](std::size_t step, std::size_t steps) {
    for (std::size_t w = 0; w < shards.size(); ++w) {
      if (step >= shards[w].size()) continue;
      for (std::size_t i = 0; i < size; ++i) {
        x[w][i] -= rate * (x[w][i] - shards[w][step].target[i]);
      }
      seen[w] += static_cast<double>(shards[w][step].samples);
    }
    if (step + 1 != steps && (step + 1) % window != 0) return;
    double total = 0.0;
    for (const double samples : seen) total += samples;
    for (std::size_t i = 0; i < size; ++i) {
      double change = 0.0;
      for (std::size_t w = 0; w < shards.size(); ++w) {
        change += seen[w] * (x[w][i] - theta[i]) / total;
      }
      velocity[i] = mu * velocity[i] + change;
      const double direction = options.nesterov ? mu * velocity[i] + change : velocity[i];
      theta[i] += options.outer_learning_rate * direction;
    }
    x.assign(shards.size(), theta);
    seen.assign(shards.size(), 0.0);
  });
  return theta;
}

}  // namespace

void check_diloco(Meeting& meeting) {
  const auto shards = make_shards(meeting.count(), false);
  const std::vector<float> start = random_weights(size);
  for (const DilocoOptions& options :
       {DilocoOptions{}, DilocoOptions{.communication_window = 1},
        DilocoOptions{.communication_window = 2},
        DilocoOptions{.communication_window = 3, .nesterov = false},
        DilocoOptions{.communication_window = 2, .outer_learning_rate = 1.2, .outer_momentum = 0.5},
        DilocoOptions{.communication_window = 3, .outer_momentum = 0.0}}) {
    const Vector expected = outer_optimizer(shards, doubles(start), options);
    meeting.run([&](center::Peers& peers) {
      const Result result = train(options, peers, start, shards[peers.index()]);
      check_close(result.model, expected);
      std::vector<float> first = result.x;
      if (peers.index() != 0) first.assign(size, 0.0F);
      peers.sum(first);
      CHECK(result.x == first);  // θ is the same everywhere to the last bit
    });
  }
}

void check_diloco_is_averaging(Meeting& meeting) {
  const auto shards = make_shards(meeting.count(), false);
  const std::vector<float> start = random_weights(size);
  meeting.run([&](center::Peers& peers) {
    const Shard& shard = shards[peers.index()];
    for (const bool nesterov : {false, true}) {
      const DilocoOptions options{.communication_window = 3,
                                  .outer_learning_rate = 1.0,
                                  .outer_momentum = 0.0,
                                  .nesterov = nesterov};
      const Result outer = train(options, peers, start, shard);
      const Result mean = train(AveragingOptions{.communication_window = 3}, peers, start, shard);
      for (std::size_t i = 0; i < size; ++i) {
        CHECK(outer.model[i] == doctest::Approx(mean.model[i]).epsilon(1e-6));
      }
    }
  });
}

}  // namespace tusk::strategies::testing
