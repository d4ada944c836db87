// SPDX-License-Identifier: Apache-2.0
// Moving statistics between the nodes of a tree.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "exchange/center/local_center.hpp"
#include "exchange/center/local_state.hpp"
#include "exchange/center/statistics_center.hpp"
#include "run/relay/relay.hpp"
#include "tusk/peers.hpp"
#include "tusk/random.hpp"

using namespace tusk;
using center::LocalCenter;

namespace {

constexpr float mu = 0.9F;
const std::vector<float> initial{0.0F, 1.0F};  // a weight, and a variance

// A node of so many workers, who show their statistics numbers as batches, one a commit.
class Node final : public relay::NodeCenter {
 public:
  Node(std::size_t workers, const RelayOptions& options, std::size_t relays,
       center::CenterVariable* root, center::Peers* peers)
      : state_(center::make_local_state(initial, workers, 1)),
        relay(options, relays, 0.1, initial, 1, {.node = *this, .center = root, .peers = peers}) {
    for (std::size_t i = 0; i < workers; ++i) {
      Worker& worker = workers_.emplace_back();
      worker.center = std::make_unique<LocalCenter>(state_);
      worker.moving = std::make_unique<center::StatisticsCenter>(
          *worker.center, worker.statistic,
          std::vector<center::MovingAverages>{{.count = 1, .momentum = mu}});
      worker.moving->pull(worker.x);
      worker.pulled = worker.x;
    }
  }

  // The next worker's step, and its exchange.
  void step(float batch, bool elastic = false) {
    Worker& worker = workers_[next_++ % workers_.size()];
    worker.statistic[0] = mu * worker.statistic[0] + (1.0F - mu) * batch;
    worker.moving->step();
    if (elastic) {
      worker.moving->elastic(worker.x, 0.9F / static_cast<float>(workers_.size()), worker.pulled);
    } else {
      worker.moving->commit_change(worker.x, worker.pulled, {});
    }
  }

  void take(std::span<float> out, std::span<float> kept) override {
    center::LocalServer(state_).take(out, kept);
  }
  void merge(std::span<const float> change) override { center::LocalServer(state_).merge(change); }
  float statistic() const { return state_->statistics()[0]; }

 private:
  struct Worker {
    std::unique_ptr<LocalCenter> center;
    std::vector<float> statistic{1.0F}, x{0.0F}, pulled{0.0F};
    std::unique_ptr<center::StatisticsCenter> moving;
  };

  std::shared_ptr<center::LocalState> state_;
  std::deque<Worker> workers_;
  std::size_t next_ = 0;

 public:
  relay::Relay relay;
};

// Several nodes with a center.
struct Tree {
  Tree(std::size_t nodes, std::size_t workers, const RelayOptions& options)
      : state(center::make_local_state(initial, nodes, 1)) {
    for (std::size_t i = 0; i < nodes; ++i) {
      auto& root = roots.emplace_back(std::make_unique<LocalCenter>(state));
      all.push_back(std::make_unique<Node>(workers, options, nodes, root.get(), nullptr));
      all.back()->relay.start();
    }
  }
  std::shared_ptr<center::LocalState> state;
  std::vector<std::unique_ptr<LocalCenter>> roots;
  std::vector<std::unique_ptr<Node>> all;
};

}  // namespace

TEST_CASE("relays' center has the statistics of one process, whatever goes on meanwhile") {
  for (const double merge : {1.0, 0.25}) {
    for (const StrategyOptions& rule :
         std::vector<StrategyOptions>{DownpourOptions{}, DynsgdOptions{}, AsyncLocalSgdOptions{}}) {
      Tree tree(4, 3, {.rule = rule, .merge = merge});
      Random random(3, Stream::shuffle);
      const auto batch = [&] { return static_cast<float>(std::exp(2.0 * random.normal())); };
      double expected = 1.0;  // of all batches, in the order in which their relays bring them
      std::vector<std::vector<float>> before(4), meanwhile(4);
      for (int turn = 0; turn < 60; ++turn) {
        const auto i = static_cast<std::size_t>(turn) % 4;
        Node& node = *tree.all[i];
        before[i] = std::exchange(meanwhile[i], {});
        const auto train = [&](std::vector<float>& batches, std::size_t count) {
          for (std::size_t k = 0; k < count; ++k) node.step(batches.emplace_back(batch()));
        };
        train(before[i], 1 + random.below(40));
        node.relay.take();
        train(meanwhile[i], random.below(40));  // while the relay exchanges
        node.relay.exchange();
        train(meanwhile[i], random.below(3));
        node.relay.give();
        for (const float shown : before[i]) expected = 0.9 * expected + 0.1 * shown;
        REQUIRE(tree.state->statistics()[0] == doctest::Approx(expected).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("no number of relays makes statistics unstable or negative, however late they come") {
  for (const bool elastic : {false, true}) {
    for (const std::size_t nodes : {2, 16}) {
      for (const StrategyOptions& rule :
           std::vector<StrategyOptions>{DownpourOptions{}, AeasgdOptions{}}) {
        Tree tree(nodes, 4, {.rule = rule});
        for (int round = 0; round < 60; ++round) {
          for (auto& node : tree.all) {
            const float batch = round < 2 ? 1e4F : 1e-3F;
            for (int k = 0; k < 12; ++k) node->step(batch, elastic);
            node->relay.take();
            node->relay.exchange();
            for (int k = 0; k < 24; ++k) node->step(batch, elastic);
            node->relay.give();
            REQUIRE(node->statistic() > 0.0F);
            REQUIRE(tree.state->statistics()[0] > 0.0F);
          }
        }
        CHECK(tree.state->statistics()[0] < 1.0F);
      }
    }
  }
}

TEST_CASE("a sum that takes long leaves the node's variance positive") {
  center::LonePeer alone;
  Node node(2, {.rule = AveragingOptions{}}, 1, nullptr, &alone);
  for (int k = 0; k < 50; ++k) node.step(1e4F);
  const float taken = node.statistic();
  node.relay.take();
  for (int k = 0; k < 50; ++k) node.step(1e-3F);
  const std::vector<float> low{0.0F, -0.999F * taken};  // as if the others had next to none
  node.merge(low);
  CHECK(node.statistic() > 0.0F);
}
