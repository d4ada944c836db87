// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>

#include "cases.hpp"
#include "drive.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/strategies/registry.hpp"

namespace tusk::strategies::testing {
namespace {

constexpr std::size_t size = 37;

// A worker and the rule in double precision beside it.
struct Pair {
  std::unique_ptr<center::OverlappingCenter> center;
  std::unique_ptr<Strategy> strategy;
  std::vector<float> x = std::vector<float>(size);
  LateWorker reference;
};

// The workers take their windows in a fixed, uneven order; an exchange is over before the next
// worker's turn.
void check_rule(const MakePlace& make_place, const StrategyOptions& options, const LateRule& rule,
                bool elastic) {
  const std::vector<float> initial = random_weights(size);
  const auto place = make_place(initial);
  const std::size_t n = place->workers();
  LateCenter center{Vector(initial.begin(), initial.end()), {}};
  std::vector<Pair> pairs(n);
  for (std::size_t worker = 0; worker < n; ++worker) {
    Pair& pair = pairs[worker];
    pair.reference = {.x = center.theta, .start = center.theta, .id = worker};
    pair.reference.brought = elastic ? Vector(size) : center.theta;
    place->turn(worker, [&](center::CenterVariable& variable) {
      pair.center = std::make_unique<center::OverlappingCenter>(variable);
      pair.strategy =
          make_strategy(options, {.center = pair.center.get(), .workers = n, .overlap = true});
      pair.strategy->on_start(pair.x);
      CHECK(pair.x == initial);
    });
  }
  Random random(7, Stream::shuffle);
  for (int turn = 0; turn < 60; ++turn) {
    Pair& pair = pairs[random.below(n)];
    const auto steps = random_steps(random, 1 + random.below(5), size);
    const std::size_t staleness = rule(center, pair.reference, steps);
    place->turn(pair.reference.id, [&](center::CenterVariable&) {
      run_window(*pair.strategy, pair.x, steps);
      CHECK(distance(pair.x, pair.reference.x) < 5e-5);
      for (int i = 0; i < 3; ++i) pair.center->advance();
      const center::Commit commit = pair.center->complete();
      CHECK(commit.ticket == center.by.size() - 1);
      CHECK(commit.staleness == staleness);
    });
  }
  CHECK(distance(place->center(), center.theta) < 5e-5);
}

}  // namespace

void check_overlapping_rules(const MakePlace& make_place) {
  const std::size_t n = make_place(random_weights(size))->workers();
  check_rule(make_place, DownpourOptions{}, late_downpour(), false);
  check_rule(make_place, AdagOptions{}, late_adag(), false);
  check_rule(make_place, DynsgdOptions{.count_absent = false}, late_dynsgd(), false);
  check_rule(make_place, AsyncLocalSgdOptions{.outer_learning_rate = 1.25},
             late_async_local_sgd(1.25, n), false);
  check_rule(make_place, AsyncLocalSgdOptions{}, late_async_local_sgd(0.75, n), false);
  check_rule(make_place, AeasgdOptions{}, late_aeasgd(0.9 / static_cast<double>(n)), true);
  check_rule(make_place, AeasgdOptions{.moving_rate = {.alpha = 0.25}}, late_aeasgd(0.25), true);
}

}  // namespace tusk::strategies::testing
