// SPDX-License-Identifier: Apache-2.0
#include "run/training/topologies.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "exchange/center/local_center.hpp"
#include "exchange/center/make_center.hpp"
#include "exchange/center/mpi_peers.hpp"
#include "exchange/strategies/registry.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/local_gate.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/checkpoint/peers_gate.hpp"
#include "run/checkpoint/served_checkpoints.hpp"
#include "run/checkpoint/served_gate.hpp"
#include "run/coordinator/meeting_sink.hpp"
#include "run/coordinator/server_loop.hpp"
#include "run/records/report_messages.hpp"
#include "run/training/center_parts.hpp"
#include "run/training/make_worker.hpp"
#include "run/training/optimizer_memory.hpp"

namespace tusk::training {
namespace {

// For a run that goes on, on rank 0: what lies beside θ. Another number of workers claims its own
// partitions, from the first epoch of which something is left.
void restore_center(const Run& run, center::CenterServer& server) {
  checkpoint::Origin& origin = *run.origin();
  if (!origin.center) return;
  const auto& partitions = run.assembly().partitions;
  if (origin.regroup && partitions) {
    origin.center->next_partition =
        static_cast<std::int64_t>((run.dealt()->first() - 1) * partitions->count());
  }
  origin.center->restore(server, origin.facts.finished);
}

// The steps of workers that the run had when it had more.
std::vector<std::uint64_t> steps_of_gone(const Run& run) {
  if (run.origin() == nullptr) return {};
  const std::vector<std::uint64_t>& steps = run.origin()->facts.steps;
  const std::size_t workers = std::min(run.assembly().roles.workers, steps.size());
  return {steps.begin() + static_cast<std::ptrdiff_t>(workers), steps.end()};
}

// Of workers that take their steps together, on rank 0: how many steps the run has done that are
// not theirs, or fewer than theirs.
std::int64_t steps_apart(const Run& run) {
  if (run.origin() == nullptr) return 0;
  const checkpoint::Facts& facts = run.origin()->facts;
  const std::uint64_t theirs = run.assembly().roles.workers * facts.steps.at(0);
  return static_cast<std::int64_t>(facts.step - theirs);
}

}  // namespace

void share_orders(const mpi::Communicator& world, center::ControlBoard& from,
                  center::ControlBoard& to) {
  center::Orders orders = from.orders();
  world.broadcast(std::as_writable_bytes(std::span(&orders, 1)), 0);
  to.store(center::Cell::stop, orders.stop);
  to.set_learning_rate_scale(orders.learning_rate_scale);
}

AlignedVector<float> initial_everywhere(const Run& run, std::span<const float> mine) {
  AlignedVector<float> initial(mine.begin(), mine.end());
  if (run.origin() != nullptr) {
    run.world().broadcast(std::as_writable_bytes(std::span(initial)), 0);
  }
  return initial;
}

Outcome run_in_process(const Run& run) {
  const Assembly& assembly = run.assembly();
  if (!assembly.roles.worker) return {};
  const auto state = center::make_local_state(
      run.initial_center(), 1, statistics_of_center(assembly), run.initial_momentum());
  center::LocalCenter center(state);
  center::LocalServer server(state);
  center::LonePeer nobody;
  std::unique_ptr<worker::Worker> worker;
  const bool has_center = strategies::topology(assembly.experiment.trainer.strategy) ==
                          strategies::Topology::parameter_server;
  const auto copy_center =
      with_what_is_frozen(assembly, [&](std::span<float> out) { server.snapshot(out); });
  const auto snapshot = [&](std::span<float> out) {
    if (has_center) {
      copy_center(out);
    } else {
      worker->model(out);
    }
  };
  Outcome outcome;
  outcome.coordinator = run.begin(std::nullopt, snapshot, server.board());
  coordinator::LocalSink sink(*outcome.coordinator);
  checkpoint::Checkpointer* const checkpointer = run.checkpointer();
  worker = make_worker(
      assembly, center, nobody, sink, run.dealt(),
      [&](std::unique_ptr<worker::BoardGate> gate) -> std::unique_ptr<worker::Gate> {
        if (checkpointer == nullptr) return gate;
        return std::make_unique<checkpoint::LocalGate>(
            std::move(gate), checkpoint::LocalGate::Around{.checkpointer = *checkpointer,
                                                           .coordinator = *outcome.coordinator,
                                                           .server = server,
                                                           .has_center = has_center,
                                                           .snapshot = snapshot,
                                                           .steps_of_gone = steps_of_gone(run),
                                                           .steps_apart = steps_apart(run)});
      });
  if (checkpoint::Origin* const origin = run.origin()) {
    restore_center(run, server);
    (*origin->state)("coordinator", *outcome.coordinator);
    go_on(*origin, *worker, 0);
    regroup(*origin, 1, *outcome.coordinator);
  }
  try {
    State::size_of([&](State& measured) { worker->keep(measured); });
  } catch (const CannotKeep& reason) {
    run.without_checkpoints(reason.what());
  }
  if (checkpointer != nullptr) {
    checkpointer->begin_run(run.origin());
  }
  worker->run();
  outcome.weights.resize(assembly.model.parameter_count());
  snapshot(outcome.weights);
  outcome.optimizer = optimizer_memory(assembly, *worker);
  outcome.updates = has_center ? server.updates() : worker->exchanges();
  return outcome;
}

Outcome run_with_server(const Run& run) {
  const Assembly& assembly = run.assembly();
  const mpi::Communicator& world = run.world();
  checkpoint::Origin* const origin = run.origin();
  const AlignedVector<float> initial = initial_everywhere(run, run.initial_center());
  const AlignedVector<float> momentum = initial_everywhere(run, run.initial_momentum());
  ServerOptions server = assembly.experiment.server;
  if (server.topology == ServerTopology::tree)
    server.compression = {};  // of relays; there are none
  const center::Center center =
      center::make_center(world, initial, server, wanted_consistency(assembly.experiment.trainer),
                          statistics_of_center(assembly), momentum);
  const mpi::Communicator reports = world.duplicate();
  const auto snapshot =
      with_what_is_frozen(assembly, [&](std::span<float> out) { center.server->snapshot(out); });
  center::LonePeer nobody;
  records::RemoteSink sink(reports);
  Outcome outcome;
  std::unique_ptr<worker::Worker> worker;
  std::optional<checkpoint::PartWriter> writer;
  std::optional<checkpoint::ServedCheckpoints> checkpoints;
  const std::uint64_t updates =
      world.max(origin != nullptr && origin->center ? origin->center->updates : 0);
  mpi::collectively(world, [&] {
    if (center.server && origin != nullptr) center.server->set_updates(updates);
    if (world.rank() == 0) {
      outcome.coordinator = run.begin(records::ServedCenter{center.transport, center.consistency},
                                      snapshot, center.server->board());
      if (origin != nullptr) {
        restore_center(run, *center.server);
        (*origin->state)("coordinator", *outcome.coordinator);
        if (!origin->regroup) origin->state->finish();
        regroup(*origin, assembly.roles.workers, *outcome.coordinator);
      }
      if (run.checkpointer() != nullptr) {
        checkpoints.emplace(*run.checkpointer(), *outcome.coordinator, *center.server,
                            assembly.experiment.server.shards, assembly.roles.workers);
        if (origin != nullptr) checkpoints->restore(origin->facts);
      }
    } else if (center.worker) {
      const auto index = static_cast<std::uint32_t>(*assembly.roles.worker);
      writer.emplace(run.checkpoint_folder(), world.rank(), index);
      worker = make_worker(assembly, *center.worker, nobody, sink, run.dealt(),
                           [&](std::unique_ptr<worker::BoardGate> gate) {
                             return std::make_unique<checkpoint::ServedGate>(
                                 std::move(gate), center.worker->board(), sink, *writer, index);
                           });
      if (origin != nullptr && (origin->state || origin->regroup)) go_on(*origin, *worker, index);
    }
  });
  run.check_keeping([&](State& state) {
    if (worker) worker->keep(state);
  });
  if (checkpoints && run.checkpointer() != nullptr) {
    run.checkpointer()->begin_run(origin);
  }
  const bool has_more = origin == nullptr || origin->state || origin->regroup;
  if (outcome.coordinator) {
    coordinator::serve(
        reports, *center.server, *outcome.coordinator,
        checkpoints ? static_cast<records::ReportSink&>(*checkpoints) : *outcome.coordinator,
        checkpoints ? &*checkpoints : nullptr);
    outcome.weights.resize(assembly.model.parameter_count());
    snapshot(outcome.weights);
    outcome.updates = center.server->updates();
  } else if (worker) {
    if (has_more) worker->run();
    if (auto notice = writer->wait()) sink.submit(std::move(*notice));
  }
  mpi::Request over = world.ibarrier();  // a shard's server serves until all others are here
  if (!outcome.coordinator && center.server) coordinator::serve_shard(*center.server, over);
  over.wait();
  return outcome;
}

Outcome run_with_peers(const Run& run) {
  const Assembly& assembly = run.assembly();
  const mpi::Communicator& world = run.world();
  const mpi::Communicator exchange = world.duplicate();
  const mpi::Communicator reports = world.duplicate();
  const mpi::Communicator gates = world.duplicate();
  center::MpiPeers peers(exchange);
  center::LocalCenter no_center(center::make_local_state({}, assembly.roles.workers));
  center::LocalServer orders(center::make_local_state({}, assembly.roles.workers));
  std::optional<coordinator::MeetingSink::Head> head;
  std::optional<coordinator::MeetingSink> sink;
  Outcome outcome;
  std::unique_ptr<worker::Worker> worker;
  std::optional<checkpoint::PartWriter> writer;
  std::optional<checkpoint::Notices> notices;
  const auto snapshot = [&](std::span<float> out) { worker->model(out); };
  checkpoint::Checkpointer* const checkpointer = run.checkpointer();
  mpi::collectively(world, [&] {
    if (world.rank() == 0) {
      outcome.coordinator = run.begin(std::nullopt, snapshot, orders.board());
      if (checkpointer != nullptr) notices.emplace(*checkpointer, *outcome.coordinator);
      head.emplace(coordinator::MeetingSink::Head{
          *outcome.coordinator,
          notices ? static_cast<records::ReportSink&>(*notices) : *outcome.coordinator,
          orders.board()});
    } else {
      writer.emplace(run.checkpoint_folder(), world.rank(),
                     static_cast<std::uint32_t>(*assembly.roles.worker));
    }
    sink.emplace(reports, head ? &*head : nullptr, no_center.board());
    worker =
        make_worker(assembly, no_center, peers, *sink, run.dealt(),
                    [&](std::unique_ptr<worker::BoardGate> gate) -> std::unique_ptr<worker::Gate> {
                      if (!run.takes_checkpoints()) return gate;
                      std::optional<checkpoint::PeersGate::Head> gate_head;
                      if (outcome.coordinator) {
                        gate_head.emplace(checkpoint::PeersGate::Head{
                            *checkpointer, *outcome.coordinator, snapshot, steps_apart(run)});
                      }
                      return std::make_unique<checkpoint::PeersGate>(
                          std::move(gate), gates, *sink, no_center.board(), std::move(gate_head),
                          writer ? &*writer : nullptr);
                    });
    if (checkpoint::Origin* const origin = run.origin()) {
      if (outcome.coordinator) (*origin->state)("coordinator", *outcome.coordinator);
      go_on(*origin, *worker, *assembly.roles.worker);
      if (outcome.coordinator) regroup(*origin, assembly.roles.workers, *outcome.coordinator);
    }
  });
  share_orders(world, orders.board(), no_center.board());
  run.check_keeping([&](State& state) { worker->keep(state); });
  if (checkpointer != nullptr) {
    checkpointer->begin_run(run.origin());
  }
  worker->run();
  if (writer) {
    if (auto notice = writer->wait()) sink->submit(std::move(*notice));
  }
  sink->end_pass();  // the last reports
  if (head) {
    outcome.weights.resize(assembly.model.parameter_count());
    snapshot(outcome.weights);
    outcome.optimizer = optimizer_memory(assembly, *worker);
    outcome.updates = worker->exchanges();
  }
  return outcome;
}

}  // namespace tusk::training
