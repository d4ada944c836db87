// SPDX-License-Identifier: Apache-2.0
// Trees of centers, of ranks.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "core/units.hpp"
#include "exchange/center/compression.hpp"
#include "exchange/center/make_center.hpp"
#include "exchange/center/transports.hpp"
#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/relay_rule.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/checkpoint/served_gate.hpp"
#include "run/records/report_messages.hpp"
#include "run/training/center_parts.hpp"
#include "run/training/make_worker.hpp"
#include "run/training/relay_rank.hpp"
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

// The relays' center, where their rule has one. `before`: as a checkpoint has it.
std::optional<center::Center> open_root(const TreeWires& wires, std::span<const float> common,
                                        const RelayOptions& options,
                                        const std::optional<checkpoint::CenterCopy>& before,
                                        const Assembly& assembly,
                                        const relay::Meanwhile& meanwhile) {
  if (strategies::topology(options.rule) != strategies::Topology::parameter_server) return {};
  const std::span<const float> initial = before ? std::span<const float>(before->theta) : common;
  const std::size_t statistics = statistics_of_center(assembly);
  const auto weights = initial.first(initial.size() - statistics);
  AlignedVector<float> momentum;  // v, then theta_kept
  if (before) {
    momentum = before->momentum;
  } else if (traits(options.rule).center_momentum) {
    momentum.resize(weights.size());
    momentum.insert(momentum.end(), weights.begin(), weights.end());
  }
  const CompressionOptions& compression = assembly.experiment.server.compression;
  center::Center root = center::open_message(wires.meetings, initial,
                                             {.compression = compression,
                                              .statistics = statistics,
                                              .momentum = momentum,
                                              .server_takes_part = true,
                                              .meanwhile = [&meanwhile] { return meanwhile(); }});
  if (compression.kind != CompressionKind::none) {
    info("relays' commits are compressed to {} ({} bytes instead of {})", name_of(compression.kind),
         format_count(center::compressed_bytes(compression, weights.size())),
         format_count(weights.size_bytes()));
  }
  if (before && root.server) root.server->set_updates(before->updates);
  return root;
}

}  // namespace

Outcome run_in_tree(const Run& run) {
  const Assembly& assembly = run.assembly();
  const mpi::Communicator& world = run.world();
  const RelayOptions options =
      strategies::relay_rule(assembly.experiment.relay, assembly.experiment.trainer.strategy);
  checkpoint::Origin* const origin = run.origin();
  announce_tree(assembly.roles, options);
  const TreeWires wires(world, assembly.experiment.server.ranks_per_node);
  ServerOptions server = assembly.experiment.server;
  server.transport = Transport::shared;  // of a node's workers; the rest is the relays'
  server.compression = {};
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
    if (wires.ranks.is_relay())
      root = open_root(wires, initial, options, root_before, assembly, meanwhile);
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
    worker = make_worker(
        assembly, *node.worker, nobody, sink, run.dealt(),
        [&](std::unique_ptr<worker::BoardGate> gate) {
          return std::make_unique<checkpoint::ServedGate>(std::move(gate), node.worker->board(),
                                                          sink, *writer, index);
        },
        relay::claims_of_relay(wires.node_claims));
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
  mpi::collectively(world, [&] {
    if (!roles.node) return;
    const auto rule = strategies::relay_rule(experiment.relay, experiment.trainer.strategy).rule;
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
