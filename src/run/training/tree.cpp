// SPDX-License-Identifier: Apache-2.0
// Trees of centers, of ranks.
#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "exchange/center/make_center.hpp"
#include "exchange/center/transports.hpp"
#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/relay_rule.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/asked_checkpoints.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/checkpoint/served_gate.hpp"
#include "run/records/report_messages.hpp"
#include "run/relay/node_relay.hpp"
#include "run/relay/slowest_clock.hpp"
#include "run/training/center_parts.hpp"
#include "run/training/make_worker.hpp"
#include "run/training/topologies.hpp"
#include "run/training/tree_ranks.hpp"
#include "tusk/error.hpp"
#include "tusk/peers.hpp"

namespace tusk::training {
namespace {

// Collective over the world. Something collective in each of several groups of ranks: its
// CollectiveError in one of them is thrown on every rank.
template <typename Work>
void in_groups(const mpi::Communicator& world, const Work& work) {
  std::optional<mpi::CollectiveError> failure;
  try {
    work();
  } catch (const mpi::CollectiveError& error) {
    failure = error;
  }
  mpi::collectively(world, [&] {
    if (failure) throw mpi::CollectiveError(*failure);
  });
}

std::string interval_text(const relay::Interval& interval) {
  if (!interval.by_commits()) return fmt::format("every {:g} s", interval.seconds);
  return fmt::format("every {:g} commit{} of a worker", interval.commits,
                     interval.commits == 1.0 ? "" : "s");
}

void announce_tree(const Roles& roles, const RelayOptions& relays) {
  info("a tree of {} nodes with {} workers: their relays exchange by {}, {}", roles.node->count,
       roles.workers, name_of_rule(relays.rule), interval_text(relay::interval_of(relays.every)));
}

// The communicators of a tree, each for one thing, and what lies on them.
struct Wires {
  explicit Wires(const mpi::Communicator& world, std::optional<std::size_t> ranks_per_node)
      : ranks(world, ranks_per_node),
        node_reports(ranks.ranks().duplicate()),
        meetings(ranks.relays().duplicate()),
        relay_reports(ranks.relays().duplicate()),
        clocks(ranks.relays().duplicate()),
        orders(ranks.relays().duplicate()) {}

  TreeRanks ranks;
  mpi::Communicator node_reports;
  mpi::Communicator meetings;
  mpi::Communicator relay_reports;
  mpi::Communicator clocks;
  mpi::Communicator orders;
};

// In a run that goes on: what the center of this relay's node and, on rank 0, that of all relays
// begin with. The first goes to the origin, where Run::initial_center() finds it.
std::optional<checkpoint::CenterCopy> read_centers(const Run& run, bool is_relay) {
  checkpoint::Origin* const origin = run.origin();
  std::optional<checkpoint::CenterCopy> root;
  if (origin == nullptr || !is_relay) return root;
  if (origin->regroup) return root;  // all begin with the same
  if (run.world().rank() == 0) {
    origin->state->skip("common");
    (*origin->state)("root", root);
  } else {
    (*origin->state)("center", origin->center);
  }
  return root;
}

// Of this node's workers.
std::vector<std::uint8_t> finished_before(const Run& run) {
  const Node& node = *run.assembly().roles.node;
  std::vector<std::uint8_t> finished(node.workers);
  if (run.origin() == nullptr) return finished;
  const std::vector<std::uint8_t>& all = run.origin()->facts.finished;  // none with other nodes
  for (std::size_t w = 0; w < finished.size(); ++w) finished[w] = all.at(node.first + w);
  return finished;
}

// The relays' center, where their rule has one. `before`: as a checkpoint has it.
std::optional<center::Center> open_root(const Wires& wires, std::span<const float> common,
                                        const RelayOptions& options,
                                        const std::optional<checkpoint::CenterCopy>& before,
                                        const relay::Meanwhile& meanwhile) {
  if (strategies::topology(options.rule) != strategies::Topology::parameter_server) return {};
  const std::span<const float> initial = before ? std::span<const float>(before->theta) : common;
  AlignedVector<float> momentum;  // v, then theta_kept
  if (before) {
    momentum = before->momentum;
  } else if (traits(options.rule).center_momentum) {
    momentum.resize(initial.size());
    momentum.insert(momentum.end(), initial.begin(), initial.end());
  }
  center::Center root = center::open_message(wires.meetings, initial,
                                             {.momentum = momentum,
                                              .server_takes_part = true,
                                              .meanwhile = [&meanwhile] { return meanwhile(); }});
  if (before && root.server) root.server->set_updates(before->updates);
  return root;
}

// A relay's parts, from the opened centers on; coordinator on rank 0.
class RelayRank {
 public:
  // Makes the coordinator, on rank 0. Not collective. All must outlive the object.
  // `updates_before`: of a run that goes on with other nodes.
  RelayRank(const Run& run, const Wires& wires, const RelayOptions& options,
            std::span<const float> initial, std::uint64_t updates_before,
            const center::Center& node, const center::Center* root, relay::Meanwhile& meanwhile)
      : assembly_(run.assembly()),
        node_(node),
        root_(root),
        snapshot_(with_what_is_frozen(assembly_, [this](std::span<float> out) { common(out); })),
        board_(node.server->board(), wires.orders),
        orders_(node.server->board(), wires.orders),
        coordinator_(run.world().rank() == 0
                         ? run.begin(records::ServedCenter{node.transport, node.consistency},
                                     snapshot_, board_)
                         : nullptr),
        courier_(wires.node_reports, wires.relay_reports, make_sink(run),
                 static_cast<std::size_t>(std::ranges::count(finished_before(run), 1))),
        clocks_(node.server->board(), assembly_.roles.node->workers, wires.clocks),
        duties_({.courier = courier_,
                 .clocks = assembly_.experiment.trainer.max_staleness ? &clocks_ : nullptr,
                 .orders = coordinator_ ? nullptr : &orders_,
                 .coordinator = coordinator_.get(),
                 .root = root != nullptr ? root->server.get() : nullptr,
                 .checkpoints = checkpoints_ ? &*checkpoints_ : nullptr,
                 .writer = make_writer(run)}),
        relay_({.options = options,
                .learning_rate = assembly_.experiment.optimizer.learning_rate,
                .initial = initial,
                .statistics = statistics_of_center(assembly_),
                .workers = assembly_.roles.node->workers,
                .node = *node.server,
                .relays = wires.meetings,
                .center = root != nullptr ? root->worker.get() : nullptr,
                .courier = courier_,
                .duties = duties_,
                .board = coordinator_ ? &board_ : nullptr,
                .coordinator = coordinator_.get(),
                .orders = coordinator_ ? nullptr : &orders_,
                .checkpoints = checkpoints_ ? &*checkpoints_ : nullptr,
                .write_checkpoint = [this] { write_checkpoint(); },
                .writer = writer_ ? &*writer_ : nullptr}) {
    meanwhile = [this] { return duties_.advance(); };
    if (run.origin() != nullptr) go_on(run, updates_before);
  }
  RelayRank(const RelayRank&) = delete;
  RelayRank& operator=(const RelayRank&) = delete;

  Outcome run() {
    relay_.run();
    relay_.end();
    if (!coordinator_) return {};
    Outcome outcome;
    outcome.weights.resize(assembly_.model.parameter_count());
    snapshot_(outcome.weights);
    outcome.updates = relay_.updates();
    outcome.coordinator = std::move(coordinator_);
    return outcome;
  }

  // What a checkpoint keeps of the relay.
  void keep(State& state) { relay_.keep(state); }

 private:
  // The sink of reports on rank 0.
  records::ReportSink* make_sink(const Run& run) {
    if (!coordinator_ || run.checkpointer() == nullptr) return coordinator_.get();
    checkpoints_.emplace(*run.checkpointer(), *coordinator_, board_,
                         checkpoint::PartRanks::of_tree(assembly_.roles.node->of_ranks));
    return &*checkpoints_;
  }

  checkpoint::PartWriter* make_writer(const Run& run) {
    if (coordinator_ || !run.takes_checkpoints()) return nullptr;
    return &writer_.emplace(run.checkpoint_folder(), run.world().rank(), 0);
  }

  // The state's next parts, behind the centers'.
  void go_on(const Run& run, std::uint64_t updates_before) {
    checkpoint::Origin& origin = *run.origin();
    if (origin.regroup) return begin_with_other_nodes(run, updates_before);
    std::vector<std::uint8_t> finished = finished_before(run);
    finished.push_back(0);  // for the clock of all nodes, where there is one
    origin.center->restore(*node_.server, finished);
    if (coordinator_) {
      (*origin.state)("coordinator", *coordinator_);
      if (checkpoints_) checkpoints_->restore(origin.facts);
    }
    (*origin.state)("relay", relay_);
    origin.state->finish();
  }

  void begin_with_other_nodes(const Run& run, std::uint64_t updates_before) {
    checkpoint::Origin& origin = *run.origin();
    relay_.begin_after(updates_before);
    if (!coordinator_) return;
    (*origin.state)("coordinator", *coordinator_);
    regroup(origin, assembly_.roles.workers, *coordinator_);
    if (checkpoints_) checkpoints_->restore(origin.facts);
  }

  // On rank 0, while all stand.
  void write_checkpoint() {
    std::optional<checkpoint::CenterCopy> center = checkpoint::CenterCopy::of(*node_.server);
    std::optional<checkpoint::CenterCopy> root;
    if (root_ != nullptr) root = checkpoint::CenterCopy::of(*root_->server);
    checkpoint::CenterCopy common = in_common(*center);
    checkpoints_->write(
        [&](State& state) {
          state("center", center);
          state("common", common);
          state("root", root);
          state("coordinator", *coordinator_);
          state("relay", relay_);
        },
        common.theta);
  }

  // What a center of all workers would be now, without an outer momentum: every node has its own.
  // `own`: this node's.
  checkpoint::CenterCopy in_common(const checkpoint::CenterCopy& own) {
    checkpoint::CenterCopy all{.updates = relay_.commits(),
                               .learning_rate_scale = own.learning_rate_scale};
    all.theta.resize(own.theta.size());
    common(all.theta);
    return all;
  }

  // out = what the nodes have in common.
  void common(std::span<float> out) {
    if (root_ != nullptr) {
      root_->server->snapshot(out);
    } else {
      relay_.model(out);
    }
  }

  const Assembly& assembly_;
  const center::Center& node_;
  const center::Center* root_;
  coordinator::Coordinator::Snapshot snapshot_;
  relay::OrderBoard board_;
  relay::OrderReceiver orders_;
  std::unique_ptr<coordinator::Coordinator> coordinator_;
  std::optional<checkpoint::AskedCheckpoints> checkpoints_;  // on rank 0
  std::optional<checkpoint::PartWriter> writer_;             // elsewhere
  relay::Courier courier_;
  relay::SlowestClock clocks_;
  relay::Duties duties_;
  relay::NodeRelay relay_;
};

}  // namespace

Outcome run_in_tree(const Run& run) {
  const Assembly& assembly = run.assembly();
  const mpi::Communicator& world = run.world();
  const RelayOptions options =
      strategies::relay_rule(assembly.experiment.relay, assembly.experiment.trainer.strategy);
  checkpoint::Origin* const origin = run.origin();
  announce_tree(assembly.roles, options);
  const Wires wires(world, assembly.experiment.server.ranks_per_node);
  ServerOptions server = assembly.experiment.server;
  server.transport = Transport::shared;  // of a node's workers
  relay::Meanwhile meanwhile;
  center::Center node;
  std::optional<center::Center> root;
  std::optional<checkpoint::CenterCopy> root_before;
  mpi::collectively(world, [&] { root_before = read_centers(run, wires.ranks.is_relay()); });
  const bool anew = origin != nullptr && origin->regroup;  // with other nodes
  const AlignedVector<float> initial =
      anew ? initial_everywhere(run, run.initial_center())
           : AlignedVector<float>(run.initial_center().begin(), run.initial_center().end());
  const AlignedVector<float> momentum =
      anew ? initial_everywhere(run, run.initial_momentum()) : run.initial_momentum();
  const std::uint64_t updates_before =
      world.max(anew && origin->center ? origin->center->updates : 0);
  const bool bounded = assembly.experiment.trainer.max_staleness.has_value();
  in_groups(world, [&] {
    node = center::make_center(wires.ranks.ranks(), initial, server,
                               wanted_consistency(assembly.experiment.trainer),
                               statistics_of_center(assembly), momentum, bounded ? 1 : 0);
  });
  in_groups(world, [&] {
    if (wires.ranks.is_relay()) root = open_root(wires, initial, options, root_before, meanwhile);
  });
  center::LonePeer nobody;
  records::RemoteSink sink(wires.node_reports);
  std::unique_ptr<worker::Worker> worker;
  std::optional<checkpoint::PartWriter> writer;
  std::unique_ptr<RelayRank> relay;
  mpi::collectively(world, [&] {
    if (wires.ranks.is_relay()) {
      relay = std::make_unique<RelayRank>(run, wires, options, initial, updates_before, node,
                                          root ? &*root : nullptr, meanwhile);
      return;
    }
    const auto index = static_cast<std::uint32_t>(*assembly.roles.worker);
    writer.emplace(run.checkpoint_folder(), world.rank(), index);
    worker = make_worker(assembly, *node.worker, nobody, sink, run.dealt(),
                         [&](std::unique_ptr<worker::BoardGate> gate) {
                           return std::make_unique<checkpoint::ServedGate>(
                               std::move(gate), node.worker->board(), sink, *writer, index);
                         });
    if (origin != nullptr && (origin->state || origin->regroup)) go_on(*origin, *worker, index);
  });
  if (anew) {
    center::ControlBoard& board = relay ? node.server->board() : node.worker->board();
    share_orders(world, board, board);
    world.barrier();  // no worker of a node looks before
  }
  run.check_keeping([&](State& state) { relay ? relay->keep(state) : worker->keep(state); });
  if (run.checkpointer() != nullptr) run.checkpointer()->begin_run(origin);
  if (relay) return relay->run();
  if (origin == nullptr || origin->state || origin->regroup) worker->run();
  if (auto notice = writer->wait()) sink.submit(std::move(*notice));
  return {};
}

void check_tree(const Experiment& experiment, const mpi::Communicator& world) {
  mpi::collectively(world, [&] {
    strategies::check_tree(experiment.trainer, experiment.server, experiment.relay);
    if (world.size() > 1) return;
    fail(ExitCode::bad_experiment,
         "server.topology = \"tree\" needs two ranks and more, a relay and a worker on each node, "
         "but the job has 1");
  });
}

void check_tree_of_ranks(const Experiment& experiment, const Roles& roles,
                         const mpi::Communicator& world) {
  const TrainerOptions& trainer = experiment.trainer;
  mpi::collectively(world, [&] {
    if (!roles.node) return;
    const auto refuse = [](const std::string& what) {
      fail(ExitCode::bad_experiment,
           "{} is not yet possible in a tree of several nodes of ranks; `tusk simulate` can do it",
           what);
    };
    if (trainer.parallelism_factor > 1) {
      refuse(fmt::format("trainer.parallelism_factor = {}", trainer.parallelism_factor));
    }
    const auto rule = strategies::relay_rule(experiment.relay, trainer.strategy).rule;
    const bool has_root = strategies::topology(rule) == strategies::Topology::parameter_server;
    const Transport transport = experiment.server.transport;
    if (transport != Transport::automatic && !(transport == Transport::message && has_root)) {
      fail(ExitCode::bad_experiment,
           "server.transport = \"{}\": in a tree workers reach their node's center by memory, and "
           "relays {}; leave it \"auto\"",
           name_of(transport), has_root ? "theirs by messages" : "meet in MPI_Iallreduce");
    }
  });
  if (roles.node) return;
  info("a tree of one node: there is no exchange between relays, and it trains as a flat center");
}

}  // namespace tusk::training
