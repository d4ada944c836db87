// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/statistics_center.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "cases.hpp"
#include "check_fails.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "tusk/random.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

namespace {

MakeSiteWithStatistics local_with_statistics(std::size_t workers) {
  return [=](std::span<const float> initial, std::size_t statistics) {
    return make_local_site(initial, workers, statistics);
  };
}

}  // namespace

TEST_CASE("statistics: the center's are what one process would have got, in one process") {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    CAPTURE(workers);
    check_statistics(local_with_statistics(workers), Order::of_tickets);
    check_statistics_beside(local_with_statistics(workers));
    check_statistics_conserved(local_with_statistics(workers));
  }
}

TEST_CASE("statistics: the center's are what one process would have got, for threads") {
  for (const bool racing : {false, true}) {
    CAPTURE(racing);
    const MakeSiteWithStatistics make_site = [=](std::span<const float> initial,
                                                 std::size_t statistics) {
      return make_thread_site(initial, 4, racing, statistics);
    };
    check_statistics(make_site, racing ? Order::any : Order::of_tickets);
    if (!racing) check_statistics_conserved(make_site);
  }
}

TEST_CASE("statistics: one worker's step comes to the center and back to the bit") {
  constexpr std::size_t count = 20'000;
  Random random(3, Stream::shuffle);
  std::vector<float> initial(1 + count);
  for (float& value : initial) value = static_cast<float>(random.normal());
  const auto state = make_local_state(initial, 1, count);
  LocalCenter center(state);
  std::vector<float> moving(initial.begin() + 1, initial.end());
  StatisticsCenter mine(center, moving, {{.count = count, .momentum = 0.99}});
  std::vector<float> x(1);
  std::vector<float> pulled(1);
  mine.pull(x);
  pulled = x;
  std::vector<float> alone = moving;
  for (int step = 0; step < 50; ++step) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto batch = static_cast<float>(3.0 * random.normal());
      alone[i] = 0.99F * alone[i] + 0.01F * batch;
      moving[i] = 0.99F * moving[i] + 0.01F * batch;
    }
    mine.step();
    mine.commit_change(x, pulled, {.divisor = 5.0F});
    REQUIRE(moving == alone);
  }
}

// Many workers that know an old center each bring a whole window: added up, their movements would
// be unstable beyond 2/(1 − μᵏ) workers.
TEST_CASE("statistics: no number of workers makes the center's unstable") {
  constexpr std::size_t workers = 400;
  const std::vector<float> initial{0.0F, 100.0F};
  const auto state = make_local_state(initial, workers, 1);
  std::vector<LocalCenter> centers(workers, LocalCenter(state));
  std::vector<std::vector<float>> moving(workers, {100.0F});
  std::vector<StatisticsCenter> mine;
  for (std::size_t i = 0; i < workers; ++i) {
    mine.emplace_back(centers[i], moving[i],
                      std::vector<MovingAverages>{{.count = 1, .momentum = 0.9}});
  }
  std::vector<float> x(1), pulled(1);
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 0; i < workers; ++i) {
      for (int step = 0; step < 10; ++step) {
        moving[i][0] = 0.9F * moving[i][0] + 0.1F * (i % 2 == 0 ? 1.0F : 3.0F);
        mine[i].step();
      }
    }
    for (std::size_t i = 0; i < workers; ++i) mine[i].commit_change(x, pulled, {});
  }
  std::vector<float> theta(2);
  LocalServer(state).snapshot(theta);
  CHECK(theta[1] >= 1.0F);
  CHECK(theta[1] <= 3.0F);
}

// An exchange beside the steps brings its force a window late, when the batches since have left μᵐ
// of what it was computed from: taken whole, it would make a variance negative.
TEST_CASE("statistics: an elastic exchange beside the steps keeps variances positive") {
  constexpr double mu = 0.8, alpha = 0.9;
  for (const int steps : {1, 2, 5}) {
    CAPTURE(steps);
    const auto state = make_local_state(std::vector<float>{0.0F, 1.0F}, 1, 1);
    LocalCenter center(state);
    OverlappingCenter overlapping(center);
    std::vector<float> moving{1.0F};
    StatisticsCenter mine(overlapping, moving, {{.count = 1, .momentum = mu}});
    std::vector<float> x(1), force(1);
    mine.pull(x);
    double theta = 1.0, z = 1.0, brought = 0.0, seen = 1.0;
    for (int window = 0; window < 40; ++window) {
      const double batch = window == 0 ? 100.0 : 1e-3;  // a large one, then small ones
      for (int step = 0; step < steps; ++step) {
        moving[0] = 0.8F * moving[0] + 0.2F * static_cast<float>(batch);
        seen = mu * seen + (1.0 - mu) * batch;
        mine.step();
      }
      mine.elastic(x, static_cast<float>(alpha), force);
      seen -= std::pow(mu, steps) * brought;
      z = seen;
      brought = alpha * (z - theta);
      theta += brought;
      CHECK(moving[0] == doctest::Approx(seen).epsilon(1e-4));
      CHECK(moving[0] > 0.0F);
    }
    overlapping.complete();
    std::vector<float> final(2);
    LocalServer(state).snapshot(final);
    CHECK(final[1] == doctest::Approx(theta).epsilon(1e-4));
    CHECK(final[1] > 0.0F);
  }
}

TEST_CASE("statistics: of another number than the center's are refused") {
  const auto state = make_local_state(std::vector<float>(5), 1, 2);
  LocalCenter center(state);
  std::vector<float> moving(3);
  CHECK_THROWS_AS(StatisticsCenter(center, moving, {{.count = 3}}), Error);
  std::vector<float> two(2);
  CHECK_THROWS_AS(StatisticsCenter(center, two, {{.count = 1}}), Error);
  std::vector<float> x(3);
  CHECK_THROWS_AS(center.pull(x), Error);  // which would leave them behind
}
