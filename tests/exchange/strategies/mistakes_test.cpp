// SPDX-License-Identifier: Apache-2.0
// What dist-keras gets wrong, numbered as in docs/algorithms.md. Mistake 9 is in
// quadratic_test.cpp.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "drive.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/strategies/registry.hpp"
#include "place.hpp"

using namespace tusk;
using namespace tusk::strategies;
using namespace tusk::strategies::testing;

namespace {

// Handles on one center that starts at 0.
struct Workers {
  explicit Workers(std::size_t count) {
    const std::vector<float> zero(1);
    const auto state = center::make_local_state(zero, count);
    for (std::size_t i = 0; i < count; ++i) centers.emplace_back(state);
  }
  std::vector<center::LocalCenter> centers;
};

float first_force(const StrategyOptions& options, std::size_t workers, double learning_rate) {
  Workers lone(1);
  const auto strategy = make_strategy(
      options, {.center = lone.centers.data(), .workers = workers, .learning_rate = learning_rate});
  std::vector<float> x(1);
  strategy->on_start(x);
  x[0] = 1.0F;
  run_window(*strategy, x, {Vector(1)});
  return 1.0F - x[0];  // E = α (1 − 0)
}

}  // namespace

TEST_CASE("mistake 2: every mean begins from nothing, and replicas count by the samples they saw") {
  const auto meeting = make_thread_meeting(3);
  meeting->run([](center::Peers& peers) {
    const auto strategy = make_strategy(AveragingOptions{}, {.peers = &peers, .workers = 3});
    std::vector<float> x(1);
    strategy->on_start(x);
    for (int epoch = 0; epoch < 3; ++epoch) {
      x[0] = static_cast<float>(peers.index());  // 0, 1, 2 …
      const std::uint64_t samples = peers.index() == 2 ? 6 : 1;
      strategy->on_window_end(x, {.steps = 1, .samples = samples});
      CHECK(x[0] == doctest::Approx((0.0 + 1.0 + 6.0 * 2.0) / 8.0));
    }
  });
}

TEST_CASE("mistake 6: every step is committed, that of the exchange and the last window's, too") {
  const std::vector<StrategyOptions> additive{DownpourOptions{.communication_window = 5},
                                              HogwildOptions{.communication_window = 5},
                                              DynsgdOptions{.communication_window = 5}};
  for (const StrategyOptions& options : additive) {
    Workers workers(1);
    const auto strategy = make_strategy(options, {.center = workers.centers.data()});
    std::vector<float> x(1);
    strategy->on_start(x);
    for (const std::size_t steps : {5, 5, 2}) {  // 12 steps of 1
      run_window(*strategy, x, std::vector<Vector>(steps, Vector{1.0}));
    }
    strategy->on_finish(x);
    workers.centers[0].pull(x);
    CHECK(x[0] == 12.0F);
  }
}

TEST_CASE("mistake 6: the elastic rules' last steps reach the center by an exchange at the end") {
  Workers workers(1);
  const AeasgdOptions options{.communication_window = 5, .moving_rate = {.alpha = 0.5}};
  const auto strategy = make_strategy(options, {.center = workers.centers.data()});
  std::vector<float> x(1);
  strategy->on_start(x);
  run_window(*strategy, x, std::vector<Vector>(2, Vector{1.0}));
  std::vector<float> theta(1);
  workers.centers[0].pull(theta);
  CHECK(theta[0] == 0.0F);  // the exchange came before the steps
  strategy->on_finish(x);
  workers.centers[0].pull(theta);
  CHECK(theta[0] == 1.0F);
  CHECK(x[0] == 1.0F);
}

TEST_CASE("mistake 7: dynsgd divides by the staleness at the commit itself, others' commits only") {
  Workers workers(2);
  const DynsgdOptions options{.communication_window = 1, .count_absent = false};
  const auto fast = make_strategy(options, {.center = &workers.centers[0], .workers = 2});
  const auto slow = make_strategy(options, {.center = &workers.centers[1], .workers = 2});
  std::vector<float> x(1);
  std::vector<float> y(1);
  fast->on_start(x);
  slow->on_start(y);
  for (int window = 0; window < 3; ++window) run_window(*fast, x, {{1.0}});
  CHECK(x[0] == 3.0F);  // its own commits are not staleness
  run_window(*slow, y, {{8.0}});
  CHECK(y[0] == 3.0F + 8.0F / 4.0F);  // three commits since its pull
  run_window(*slow, y, {{8.0}});
  CHECK(y[0] == 5.0F + 8.0F);
  run_window(*fast, x, {{3.0}});
  CHECK(x[0] == 13.0F + 3.0F / 3.0F);
}

TEST_CASE("dynsgd: a worker that has ended or not begun counts as one commit") {
  Workers workers(4);
  const DynsgdOptions options{.communication_window = 1};
  std::vector<std::unique_ptr<Strategy>> all;
  std::vector<std::vector<float>> x(4, std::vector<float>(1));
  for (std::size_t i = 0; i < 4; ++i) {
    all.push_back(make_strategy(options, {.center = &workers.centers[i], .workers = 4}));
    all[i]->on_start(x[i]);
  }
  float theta = 0.0F;
  for (std::size_t i = 0; i < 4; ++i) {  // each before the others' second commit: τ = i
    run_window(*all[i], x[i], {{4.0}});
    CHECK(x[i][0] == ++theta);
  }
  run_window(*all[0], x[0], {{4.0}});  // τ = 3
  CHECK(x[0][0] == ++theta);
  run_window(*all[0], x[0], {{4.0}});  // the others are only late: τ = 0
  CHECK(x[0][0] == (theta += 4.0F));
  run_window(*all[0], x[0], {{4.0}}, 3);  // the others have ended
  CHECK(x[0][0] == ++theta);
  run_window(*all[1], x[1], {{8.0}}, 2);  // τ = 5
  CHECK(x[1][0] == ++theta);
}

TEST_CASE(
    "mistake 8: the moving rate is beta over the workers, or rho times the optimizer's rate") {
  CHECK(first_force(AeasgdOptions{}, 1, 0.1) == doctest::Approx(0.9));
  CHECK(first_force(AeasgdOptions{}, 4, 0.1) == doctest::Approx(0.9 / 4));
  CHECK(first_force(AeasgdOptions{}, 30, 0.7) == doctest::Approx(0.9 / 30));
  CHECK(first_force(AeasgdOptions{.moving_rate = {.beta = 0.6}}, 4, 0.1) == doctest::Approx(0.15));
  CHECK(first_force(AeasgdOptions{.moving_rate = {.rho = 5.0}}, 4, 0.1) == doctest::Approx(0.5));
  CHECK(first_force(AeasgdOptions{.moving_rate = {.rho = 5.0}}, 4, 0.01) == doctest::Approx(0.05));
  CHECK(first_force(AeasgdOptions{.moving_rate = {.alpha = 0.2}}, 4, 0.1) == doctest::Approx(0.2));
}
