// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "cases.hpp"
#include "exchange/strategies/registry.hpp"

namespace tusk::strategies::testing {
namespace {

constexpr std::size_t weights = 3;
constexpr std::size_t statistics = 5;

// A worker with statistics of its own, whose rule gets a window of `samples` batches of one sample.
// All gradients are 0, so that only what is exchanged moves anything.
class Sharer {
 public:
  Sharer(const StrategyOptions& options, center::Peers& peers)
      : peers_(peers),
        moving_(statistics, 0.5F),
        x_(weights, 1.0F),
        strategy_(make_strategy(
            options, {.peers = &peers, .workers = peers.count(), .statistics = moving_})) {
    CHECK(strategy_->exchanges_statistics());
    strategy_->on_start(x_);
  }

  // The layers' part of a step, then the rule's.
  void window(std::size_t samples) {
    strategy_->on_window_start(x_);
    for (std::size_t i = 0; i < statistics; ++i) {
      moving_[i] += static_cast<float>((peers_.index() + 1) * (i + 1));
    }
    before_ = moving_;
    std::vector<float> gradients(weights);
    strategy_->on_gradients(x_, gradients, samples);
    strategy_->on_step(x_);
    strategy_->on_window_end(x_, {.steps = 1, .samples = samples});
  }

  // Over all workers: Σ s_i of what they had before the exchange, Σ s_i.
  double mean_before(std::size_t i, std::size_t samples) {
    const auto share = static_cast<double>(samples);
    std::vector<double> sums{share * static_cast<double>(before_[i]), share};
    peers_.sum(sums);
    return sums[0] / sums[1];
  }

  double sum(double value) {
    std::vector<double> sums{value};
    peers_.sum(sums);
    return sums[0];
  }

  const std::vector<float>& moving() const { return moving_; }
  const std::vector<float>& before() const { return before_; }
  std::vector<float> model() const {
    std::vector<float> out(statistics);
    strategy_->model_statistics(moving_, out);
    return out;
  }
  bool weights_stay() const { return x_ == std::vector<float>(weights, 1.0F); }

 private:
  center::Peers& peers_;
  std::vector<float> moving_;
  std::vector<float> x_;
  std::vector<float> before_;
  std::unique_ptr<Strategy> strategy_;
};

bool near(double a, double b) { return std::abs(a - b) <= 1e-5 * (1.0 + std::abs(b)); }

}  // namespace

void check_peers_statistics(Meeting& meeting) {
  for (const StrategyOptions& options :
       {StrategyOptions(AveragingOptions{.communication_window = 1}),
        StrategyOptions(DilocoOptions{.communication_window = 1}),
        StrategyOptions(SyncSgdOptions{})}) {
    meeting.run([&](center::Peers& peers) {
      Sharer sharer(options, peers);
      bool right = true;
      for (std::size_t round = 0; round < 4; ++round) {
        // A worker whose batches have run out has no say, and gets the others' mean.
        const std::size_t samples = peers.index() == 1 && round == 3 ? 0 : 2 + peers.index();
        sharer.window(samples);
        for (std::size_t i = 0; i < statistics; ++i) {
          right = near(static_cast<double>(sharer.moving()[i]), sharer.mean_before(i, samples)) &&
                  right;
        }
        right = right && sharer.model() == sharer.moving() && sharer.weights_stay();
      }
      CHECK(right);
    });
  }
  meeting.run([&](center::Peers& peers) {
    const double alpha = 0.9 / static_cast<double>(peers.count());
    Sharer sharer(EasgdOptions{.communication_window = 1}, peers);
    std::vector<double> theta(statistics, 0.5);
    bool right = true;
    for (int round = 0; round < 4; ++round) {
      sharer.window(2);
      for (std::size_t i = 0; i < statistics; ++i) {
        const double force = alpha * (static_cast<double>(sharer.before()[i]) - theta[i]);
        const double own = static_cast<double>(sharer.before()[i]) - force;
        theta[i] += sharer.sum(force);
        right = near(static_cast<double>(sharer.moving()[i]), own) &&
                near(static_cast<double>(sharer.model()[i]), theta[i]) && right;
      }
    }
    CHECK(right);
    CHECK(sharer.weights_stay());
  });
}

}  // namespace tusk::strategies::testing
