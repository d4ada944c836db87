// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "exchange/center/statistics_center.hpp"
#include "experiment/relay_options.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/strategy.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

// A tree of centers: every node has a center, for its own workers, and a relay.
//
//   groups         which workers share a node
//   relay          an exchange of a relay with the others, by a strategy
//   meeting_times  when relays meet, by the clock
//   relay_center   a relay's access to the center that relays share
//
// simulation::VirtualRelay drives a relay on the virtual clock. In a real run it is a rank:
//
//   node_relay     from the beginning of its node's training to the end (training::run_in_tree)
//   polling_peers  the other relays, by sums beside other work
//   duties         that work: what a relay does while it waits
//   courier        what its workers report, on its way to rank 0; node_notices, of checkpoints
//   slowest_clock  how far the slowest worker of the tree has come, where staleness is bounded
//   orders         rank 0's orders, on their way to all nodes
//   claims         partitions that workers claim, from rank 0's claim_desk, where they do
namespace tusk::relay {

// A node's center, as its relay sees it: θ is the weights, and behind them the statistics.
class NodeCenter {
 public:
  virtual ~NodeCenter() = default;

  // out = θ, as a whole, and by statistic the share that is left of what it was at the call before
  // (center::CenterServer::take).
  virtual void take(std::span<float> out, std::span<float> kept) = 0;

  // θ += change, as a whole; no commit (center::CenterServer::merge).
  virtual void merge(std::span<const float> change) = 0;
};

// A relay: a worker whose steps are its node's commits. From time to time it takes a snapshot c of
// its node's center, lets a strategy of its own exchange a copy x of it with the other relays, and
// adds x − c to the center:
//
//   x = c + o;   the strategy exchanges x;   θ += w (x − c);   o = (1 − w)(x − c)
//
// What the workers did meanwhile stays: with u = what they have added since the snapshot, θ is then
// x + u, for w = 1; nothing is lost or counted twice. With w below 1 the rest, o, is left for later
// exchanges, and the strategy sees as change exactly what the workers did.
//
// Statistics go with the weights, but always whole (w = 1): they are averages. A strategy among
// peers averages them, each node counting alike. To a center they are committed as a worker's are
// (center::StatisticsCenter): θ ← k θ + (x − k x₀), where x₀ is what the exchange before brought
// and k the share of it that is left in x: with rules with deltas, μ to the power of the node's
// batches since then. So the relays' center has what one process would have of the same batches,
// and no share in it is negative. What an exchange brings is added to the node's with the share
// that is left of the snapshot meanwhile (center::CenterServer::merge), for the same reason.
//
// Memory: 4 vectors, and the strategy's.
class Relay {
 public:
  struct Outside {
    NodeCenter& node;
    center::CenterVariable* center = nullptr;  // of all relays, where the rule has one
    center::Peers* peers = nullptr;            // the other relays
  };

  // `initial`: what the node's center begins with, the same on every node; the last `statistics` of
  // it are statistics. `learning_rate`: of the workers' optimizer, for rules that ask. What
  // `outside` refers to must outlive the object.
  Relay(const RelayOptions& options, std::size_t relays, double learning_rate,
        std::span<const float> initial, std::size_t statistics, const Outside& outside);

  void start();  // once, before the first exchange

  // An exchange in three parts, between which a relay may do other things.
  void take();      // the snapshot
  void exchange();  // with the other relays
  void give();      // to the node's center

  void finish();  // once, after the last exchange

  // What a checkpoint keeps, between two exchanges; of the strategy's center or peers nothing. A
  // relay that goes on does not start().
  void keep(State& state);

  // out = the vector that the relays have in common, as the last exchange left it, for rules
  // without a center.
  void model(std::span<float> out) const;

 private:
  std::span<float> weights() { return std::span(x_).first(x_.size() - statistics_); }
  std::span<float> statistics() { return std::span(x_).last(statistics_); }

  NodeCenter& node_;
  std::size_t statistics_;
  float merge_;                // w
  AlignedVector<float> x_;     // as the strategy has it
  AlignedVector<float> c_;     // the snapshot
  AlignedVector<float> left_;  // o
  AlignedVector<float> change_;
  AlignedVector<float> kept_;                       // by statistic, k
  std::optional<center::StatisticsCenter> moving_;  // around the relays' center, if there are any
  std::unique_ptr<strategies::Strategy> strategy_;
};

}  // namespace tusk::relay
