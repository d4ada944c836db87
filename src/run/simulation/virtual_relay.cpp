// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_relay.hpp"

#include <algorithm>
#include <utility>

#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/relay_rule.hpp"
#include "run/relay/relay_center.hpp"

namespace tusk::simulation {
namespace {

// The network between nodes, which is that of a node unless something else is given.
SimulateOptions between_nodes(const SimulateOptions& options) {
  SimulateOptions between = options;
  between.latency = options.network_latency.value_or(options.latency);
  between.bandwidth = options.network_bandwidth.value_or(options.bandwidth);
  return between;
}

// What a relay knows of its node when it takes its snapshot, and of the whole tree when all have
// added theirs up.
struct Tally {
  std::uint64_t unfinished = 0;
  std::uint64_t commits = 0;  // since the start
  bool stands = false;        // behind this meeting they stand for a checkpoint; of the tree alone
};

}  // namespace

// A relay on the virtual clock.
class VirtualTree::VirtualRelay final : public relay::NodeCenter {
 public:
  VirtualRelay(VirtualTree& tree, std::size_t index, VirtualNode& node)
      : tree_(tree),
        index_(index),
        place_(tree.setup_.workers + index),
        node_(node),
        access_(tree.scheduler_, place_, tree.setup_.network, node.shards.site(node.memory())),
        peers_(tree.exchanges_, index, tree.network_),
        center_(tree.root_ ? tree.root_->connect(tree.scheduler_, place_, tree.network_,
                                                 tree.no_times_, tree.compression_of(index))
                           : nullptr),
        observed_(relay::watched(center_.get())),
        interval_(relay::interval_of(tree.options_.every)),
        times_(interval_),
        relay_(tree.options_, tree.barrier_.workers(),
               tree.setup_.experiment.optimizer.learning_rate, tree.setup_.initial,
               tree.setup_.statistics,
               {.node = *this, .center = observed_ ? &*observed_ : nullptr, .peers = &peers_}) {
    tally_.unfinished = node.workers;
    due_s_ = interval_.seconds;
  }

  void run() {
    record_.relay = static_cast<std::uint32_t>(index_);
    if (finished_) return;
    if (!goes_on_) relay_.start();
    if (!(center_ ? exchange_when_due() : meet_by_the_clock())) return;
    relay_.finish();
    deliver();
    finished_ = true;
    Scheduler::Turn turn(tree_.scheduler_, place_);
    tree_.setup_.cut.finish(place_);
    tree_.setup_.cut.complete(place_, turn);
  }

  void keep(State& state) {
    double time_s = tree_.scheduler_.now_s(place_);
    state("time_s", time_s);
    state("relay", relay_);
    if (center_) state("center", *center_);
    state("times", times_);
    state("before", before_);
    state("due_s", due_s_);
    state("unfinished", tally_.unfinished);
    state("commits", tally_.commits);
    state("exchange", record_.exchange);
    state("finished", finished_);
    if (!state.reading()) return;
    tree_.scheduler_.begin_at(place_, time_s);
    goes_on_ = true;
    if (finished_) tree_.setup_.cut.finish(place_);
  }

  void model(std::span<float> out) const { relay_.model(out); }

  void take(std::span<float> out, std::span<float> kept) override {
    const std::size_t bytes = tree_.setup_.parameters * sizeof(float);
    access_.exchange(
        {.sent = bytes, .swept = 2.0 * static_cast<double>(bytes)}, [&](Scheduler::Turn&) {
          node_.shards.take(out, kept);
          tally_ = {.unfinished = node_.unfinished(), .commits = node_.shards.updates()};
          record_.taken = tally_.commits;
          std::ranges::move(node_.reports, std::back_inserter(aboard_));
          node_.reports.clear();
        });
  }

  void merge(std::span<const float> change) override {
    const std::size_t bytes = tree_.setup_.parameters * sizeof(float);
    access_.exchange({.sent = bytes, .swept = 3.0 * static_cast<double>(bytes)},
                     [&](Scheduler::Turn&) {
                       node_.shards.merge(change);
                       record_.merged = node_.shards.updates();
                     });
    record_.time_s = tree_.scheduler_.now_s(place_);
  }

 private:
  // With a center: when the node's workers have made `every` commits each, or that time has passed.
  // Whether the run is over, and has not stopped to go on later.
  bool exchange_when_due() {
    while (tally_.unfinished > 0) {
      if (interval_.by_commits()) {
        sleep_until([&] {
          return static_cast<double>(node_.shards.updates() - tally_.commits) >=
                 interval_.commits * static_cast<double>(node_.unfinished());
        });
      } else {
        tree_.scheduler_.advance(place_, due_s_);
        due_s_ = tree_.scheduler_.now_s(place_) + interval_.seconds;
      }
      relay_.take();
      relay_.exchange();
      relay_.give();
      aboard_.push_back(relay::report_of(record_, observed_));
      const bool asked = deliver();
      if (tally_.unfinished > 0 && asked && !stand()) return false;
    }
    return true;
  }

  // Among peers: all together, until nobody has anything more to do.
  bool meet_by_the_clock() {
    for (;;) {
      times_.go_on(tree_.scheduler_.now_s(place_));
      if (times_.next_s() == 0.0) {
        sleep_until([&] { return node_.shards.updates() >= node_.unfinished(); });
      }
      tree_.scheduler_.advance(place_, times_.next_s());
      tree_.barrier_.meet(index_, nullptr, tree_.network_.bytes_s(0), [](const auto&) {});
      const double begun_s = tree_.scheduler_.now_s(place_);
      relay_.take();
      const Tally all = add_up(tally_);
      relay_.exchange();
      relay_.give();
      aboard_.push_back(relay::report_of(record_, observed_));
      deliver();
      if (all.unfinished == 0) return true;
      const std::uint64_t commits = all.commits - std::exchange(before_, all.commits);
      if (all.stands) {
        times_.stand(begun_s, commits, all.unfinished);
        if (!stand()) return false;
      } else {
        times_.met(begun_s, commits, all.unfinished);
      }
    }
  }

  // Until the checkpoint is taken. Whether the run goes on.
  bool stand() {
    {
      VirtualCut& cut = tree_.setup_.cut;
      Scheduler::Turn turn(tree_.scheduler_, place_);
      cut.hold_relay(place_);
      if (!cut.complete(place_, turn)) std::move(turn).park();
    }
    const Scheduler::Turn turn(tree_.scheduler_, place_);
    return node_.shards.board().load(center::Cell::stop) != center::stop_for_later;
  }

  // Or until a checkpoint is wanted.
  void sleep_until(const Bell::Due& due) {
    Scheduler::Turn turn(tree_.scheduler_, place_);
    node_.bell.sleep(std::move(turn), place_,
                     [this, due] { return tree_.setup_.cut.asked() || due(); });
  }

  // Over all relays. It goes along with the exchange.
  Tally add_up(Tally tally) {
    tree_.tallies_.meet(index_, &tally, 0.0, [this](const std::vector<void*>& offers) {
      Tally sum;
      sum.stands = tree_.setup_.cut.asked();
      for (const void* offer : offers) {
        sum.unfinished += static_cast<const Tally*>(offer)->unfinished;
        sum.commits += static_cast<const Tally*>(offer)->commits;
      }
      for (void* offer : offers) *static_cast<Tally*>(offer) = sum;
    });
    return tally;
  }

  // What the last exchange has carried is now in what all have in common. Whether a checkpoint is
  // wanted.
  bool deliver() {
    const Scheduler::Turn turn(tree_.scheduler_, place_);
    for (records::Report& report : aboard_) tree_.setup_.take(std::move(report));
    aboard_.clear();
    return tree_.setup_.cut.asked();
  }

  VirtualTree& tree_;
  std::size_t index_;
  std::size_t place_;  // in the scheduler
  VirtualNode& node_;
  CenterAccess access_;
  VirtualPeers peers_;
  std::unique_ptr<center::CenterVariable> center_;
  std::optional<relay::RelayCenter> observed_;
  relay::Interval interval_;
  relay::MeetingTimes times_;
  relay::Relay relay_;
  Tally tally_;
  bool goes_on_ = false;
  bool finished_ = false;
  std::uint64_t before_ = 0;  // commits of all nodes, at the last meeting
  double due_s_ = 0.0;        // with a center, by the clock
  records::MergeRecord record_;
  std::vector<records::Report> aboard_;
};

VirtualTree::VirtualTree(const Setup& setup, Scheduler& scheduler, std::deque<VirtualNode>& nodes)
    : setup_(setup),
      scheduler_(scheduler),
      options_(strategies::relay_rule(setup.experiment.relay, setup.experiment.trainer.strategy)),
      network_(between_nodes(setup.experiment.simulate), setup.initial.size(), setup.parameters),
      no_times_(0.0, setup.workers, 0),
      barrier_(scheduler, nodes.size(), setup.workers),
      tallies_(scheduler, nodes.size(), setup.workers),
      exchanges_(scheduler, nodes.size(), setup.workers) {
  if (topology(options_.rule) == Topology::parameter_server) {
    root_.emplace(setup.initial, setup.parameters, 1, nodes.size(), setup.statistics,
                  traits(options_.rule).center_momentum);
  }
  for (std::size_t index = 0; index < nodes.size(); ++index) {
    relays_.emplace_back(*this, index, nodes[index]);
  }
}

VirtualTree::~VirtualTree() = default;

CompressionOptions VirtualTree::compression_of(std::size_t relay) const {
  if (relay == 0) return {};
  return setup_.experiment.server.compression;
}

void VirtualTree::run(std::size_t relay) { relays_[relay].run(); }

void VirtualTree::keep(State& state) {
  if (root_) state("root", *root_);
  for (VirtualRelay& relay : relays_) state("relay", relay);
}

void VirtualTree::snapshot(std::span<float> out) {
  if (root_) return root_->snapshot(out);
  relays_.front().model(out);
}

}  // namespace tusk::simulation
