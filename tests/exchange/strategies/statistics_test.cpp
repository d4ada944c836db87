// SPDX-License-Identifier: Apache-2.0
// What becomes of a network's moving statistics under the rules with a center, which know nothing
// of them.
#include <doctest/doctest.h>

#include <array>
#include <deque>
#include <memory>
#include <vector>

#include "drive.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/center/statistics_center.hpp"
#include "exchange/strategies/registry.hpp"
#include "own_rules.hpp"

using namespace tusk;
using namespace tusk::strategies;
using namespace tusk::strategies::testing;

namespace {

constexpr std::size_t weights = 7;
constexpr std::size_t statistics = 3;
constexpr double momentum = 0.8;

// A worker with its strategy and statistics of its own, which a step moves by a batch.
class Trainee {
 public:
  Trainee(std::shared_ptr<center::LocalState> state, const StrategyOptions& options,
          std::size_t workers, bool separate_pull, bool overlap)
      : center_(std::move(state)),
        overlapping_(center_),
        moving_(statistics, 10.0F),
        mine_(overlap ? static_cast<center::CenterVariable&>(overlapping_) : center_, moving_,
              {{.count = statistics, .momentum = momentum}}),
        x_(weights),
        strategy_(make_strategy(options, {.center = &mine_,
                                          .workers = workers,
                                          .learning_rate = 0.3,
                                          .separate_pull = separate_pull})) {
    strategy_->on_start(x_);
  }

  // A window of the batches, given by their mean.
  void window(const std::vector<float>& batches) {
    std::vector<float> gradients(weights);
    strategy_->on_window_start(x_);
    for (const float batch : batches) {
      for (float& value : moving_) {
        value =
            static_cast<float>(momentum) * value + (1.0F - static_cast<float>(momentum)) * batch;
      }
      mine_.step();
      strategy_->on_gradients(x_, gradients, 1);
      for (float& weight : x_) weight += 0.25F;
      strategy_->on_step(x_);
    }
    strategy_->on_window_end(x_, {.steps = batches.size(), .samples = batches.size()});
  }

  void finish() {
    strategy_->on_finish(x_);
    overlapping_.complete();
  }

  const std::vector<float>& moving() const { return moving_; }

 private:
  center::LocalCenter center_;
  center::OverlappingCenter overlapping_;
  std::vector<float> moving_;
  center::StatisticsCenter mine_;
  std::vector<float> x_;
  std::unique_ptr<Strategy> strategy_;
};

std::vector<float> theta_of(const std::shared_ptr<center::LocalState>& state) {
  std::vector<float> theta(weights + statistics);
  center::LocalServer(state).snapshot(theta);
  return theta;
}

std::vector<float> draw_batches(Random& random) {
  std::vector<float> batches(1 + random.below(4));
  for (float& batch : batches) batch = static_cast<float>(random.uniform(-3.0, 3.0));
  return batches;
}

std::vector<StrategyOptions> rules_with_deltas(const Extensions& extensions) {
  return {
      DownpourOptions{},         AdagOptions{}, DynsgdOptions{},        ExperimentalOptions{},
      HogwildOptions{},          GemOptions{},  AsyncLocalSgdOptions{}, DelayedNesterovOptions{},
      test::relay(extensions, 4)};
}

}  // namespace

TEST_CASE("statistics: every rule with deltas makes of them what one process would have made") {
  const Extensions extensions = test::with_own_rules();
  std::vector<float> initial(weights + statistics, 10.0F);
  for (const StrategyOptions& options : rules_with_deltas(extensions)) {
    for (const std::size_t workers : {1U, 4U}) {
      for (const bool separate_pull : {false, true}) {
        CAPTURE(name_of_rule(options));
        CAPTURE(separate_pull);
        const auto state =
            center::make_local_state(initial, workers, statistics, std::vector<float>(2 * weights));
        std::deque<Trainee> trainees;
        for (std::size_t i = 0; i < workers; ++i) {
          trainees.emplace_back(state, options, workers, separate_pull, false);
        }
        Random random(11, Stream::shuffle);
        double expected = 10.0;
        for (int turn = 0; turn < 60; ++turn) {
          const auto batches = draw_batches(random);
          trainees[random.below(workers)].window(batches);
          for (const float batch : batches) {
            expected = momentum * expected + (1.0 - momentum) * static_cast<double>(batch);
          }
          CHECK(theta_of(state).back() == doctest::Approx(expected).epsilon(1e-5));
        }
      }
    }
  }
}

TEST_CASE("statistics: a worker alone has its own, with exchanges beside its steps, too") {
  const Extensions extensions = test::with_own_rules();
  const std::vector<float> initial(weights + statistics, 10.0F);
  for (const StrategyOptions& options :
       {StrategyOptions(DownpourOptions{}), StrategyOptions(AdagOptions{}),
        StrategyOptions(DynsgdOptions{}), StrategyOptions(AsyncLocalSgdOptions{}),
        test::relay(extensions, 4)}) {
    const auto state = center::make_local_state(initial, 1, statistics);
    Trainee trainee(state, options, 1, false, true);
    Random random(12, Stream::shuffle);
    double expected = 10.0;
    for (int turn = 0; turn < 60; ++turn) {
      const auto batches = draw_batches(random);
      trainee.window(batches);
      for (const float batch : batches) {
        expected = momentum * expected + (1.0 - momentum) * static_cast<double>(batch);
      }
      CHECK(trainee.moving().front() == doctest::Approx(expected).epsilon(1e-4));
    }
    trainee.finish();
    CHECK(theta_of(state).back() == doctest::Approx(expected).epsilon(1e-4));
  }
}

TEST_CASE("statistics: the elastic rules pull them together as they pull weights") {
  const std::vector<float> initial(weights + statistics, 10.0F);
  for (const bool overlap : {false, true}) {
    constexpr std::size_t workers = 3;
    const auto state = center::make_local_state(initial, workers, statistics);
    std::deque<Trainee> trainees;
    for (std::size_t i = 0; i < workers; ++i) {
      trainees.emplace_back(state, AeasgdOptions{.communication_window = 2}, workers, false,
                            overlap);
    }
    for (int round = 0; round < 400; ++round) {
      for (std::size_t i = 0; i < workers; ++i) {
        trainees[i].window(std::vector<float>(2, static_cast<float>(i)));
      }
    }
    for (Trainee& trainee : trainees) trainee.finish();
    // The mean of all data is 1; the last to exchange has 2.
    CHECK(theta_of(state).back() > 1.0F);
    CHECK(theta_of(state).back() < 1.25F);
  }
}
