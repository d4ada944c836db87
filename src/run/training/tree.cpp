// SPDX-License-Identifier: Apache-2.0
// Trees of centers, of ranks.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "exchange/center/make_center.hpp"
#include "exchange/center/transports.hpp"
#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/relay_rule.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
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

// The relays' center, where their rule has one.
std::optional<center::Center> open_root(const Run& run, const Wires& wires,
                                        const RelayOptions& options,
                                        const relay::Meanwhile& meanwhile) {
  if (strategies::topology(options.rule) != strategies::Topology::parameter_server) return {};
  const std::span<const float> initial = run.initial_center();
  AlignedVector<float> momentum;  // v, then theta_kept
  if (traits(options.rule).center_momentum) {
    momentum.resize(initial.size());
    momentum.insert(momentum.end(), initial.begin(), initial.end());
  }
  return center::open_message(wires.meetings, initial,
                              {.momentum = momentum,
                               .server_takes_part = true,
                               .meanwhile = [&meanwhile] { return meanwhile(); }});
}

// A relay's parts, from the opened centers on; coordinator on rank 0.
class RelayRank {
 public:
  // Makes the coordinator, on rank 0. Not collective. All must outlive the object.
  RelayRank(const Run& run, const Wires& wires, const RelayOptions& options,
            const center::Center& node, const center::Center* root, relay::Meanwhile& meanwhile)
      : assembly_(run.assembly()),
        root_(root),
        snapshot_(with_what_is_frozen(assembly_, [this](std::span<float> out) { common(out); })),
        board_(node.server->board(), wires.orders),
        orders_(node.server->board(), wires.orders),
        coordinator_(run.world().rank() == 0
                         ? run.begin(records::ServedCenter{node.transport, node.consistency},
                                     snapshot_, board_)
                         : nullptr),
        courier_(wires.node_reports, wires.relay_reports, coordinator_.get()),
        clocks_(node.server->board(), assembly_.roles.node->workers, wires.clocks),
        duties_({.courier = courier_,
                 .clocks = assembly_.experiment.trainer.max_staleness ? &clocks_ : nullptr,
                 .orders = coordinator_ ? nullptr : &orders_,
                 .coordinator = coordinator_.get(),
                 .root = root != nullptr ? root->server.get() : nullptr}),
        relay_({.options = options,
                .learning_rate = assembly_.experiment.optimizer.learning_rate,
                .initial = run.initial_center(),
                .statistics = statistics_of_center(assembly_),
                .workers = assembly_.roles.node->workers,
                .node = *node.server,
                .relays = wires.meetings,
                .center = root != nullptr ? root->worker.get() : nullptr,
                .courier = courier_,
                .duties = duties_}) {
    meanwhile = [this] { return duties_.advance(); };
  }
  RelayRank(const RelayRank&) = delete;
  RelayRank& operator=(const RelayRank&) = delete;

  Outcome run() {
    relay_.run();
    if (!coordinator_) {
      relay_.end(orders_);
      return {};
    }
    relay_.end(*coordinator_, board_);
    Outcome outcome;
    outcome.weights.resize(assembly_.model.parameter_count());
    snapshot_(outcome.weights);
    outcome.updates = relay_.updates();
    outcome.coordinator = std::move(coordinator_);
    return outcome;
  }

 private:
  // out = what the nodes have in common.
  void common(std::span<float> out) {
    if (root_ != nullptr) {
      root_->server->snapshot(out);
    } else {
      relay_.model(out);
    }
  }

  const Assembly& assembly_;
  const center::Center* root_;
  coordinator::Coordinator::Snapshot snapshot_;
  relay::OrderBoard board_;
  relay::OrderReceiver orders_;
  std::unique_ptr<coordinator::Coordinator> coordinator_;
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
  if (run.takes_checkpoints()) run.without_checkpoints("a tree of centers has none yet");
  announce_tree(assembly.roles, options);
  const Wires wires(world, assembly.experiment.server.ranks_per_node);
  ServerOptions server = assembly.experiment.server;
  server.transport = Transport::shared;  // of a node's workers
  relay::Meanwhile meanwhile;
  center::Center node;
  std::optional<center::Center> root;
  const AlignedVector<float> momentum = run.initial_momentum();
  const bool bounded = assembly.experiment.trainer.max_staleness.has_value();
  in_groups(world, [&] {
    node = center::make_center(wires.ranks.ranks(), run.initial_center(), server,
                               wanted_consistency(assembly.experiment.trainer),
                               statistics_of_center(assembly), momentum, bounded ? 1 : 0);
  });
  in_groups(world, [&] {
    if (wires.ranks.is_relay()) root = open_root(run, wires, options, meanwhile);
  });
  center::LonePeer nobody;
  records::RemoteSink sink(wires.node_reports);
  std::unique_ptr<worker::Worker> worker;
  std::unique_ptr<RelayRank> relay;
  mpi::collectively(world, [&] {
    if (wires.ranks.is_relay()) {
      relay = std::make_unique<RelayRank>(run, wires, options, node, root ? &*root : nullptr,
                                          meanwhile);
    } else {
      worker = make_worker(assembly, *node.worker, nobody, sink, run.dealt());
    }
  });
  if (relay) return relay->run();
  worker->run();
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

void check_tree_of_ranks(const Experiment& experiment, const RunOptions& options,
                         const Roles& roles, const mpi::Communicator& world) {
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
    if (options.stop_by) {
      fail(ExitCode::bad_experiment,
           "--max-time stops a run with a checkpoint, but a tree of several nodes has none yet");
    }
  });
  if (roles.node) return;
  info("a tree of one node: there is no exchange between relays, and it trains as a flat center");
}

}  // namespace tusk::training
