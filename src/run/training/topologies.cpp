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
#include "run/coordinator/meeting_sink.hpp"
#include "run/coordinator/server_loop.hpp"
#include "run/records/report_messages.hpp"
#include "run/training/make_worker.hpp"

namespace tusk::training {
namespace {

// What a center holds at the start: weights, and behind them statistics.
std::span<const float> exchanged(const Assembly& assembly) {
  return std::span(assembly.initial).first(assembly.model.exchanged_count());
}
std::size_t statistics(const Assembly& assembly) {
  return assembly.model.exchanged_count() - assembly.model.trained_count();
}

// A whole model of a copy of the center: what is frozen is as it was.
coordinator::Coordinator::Snapshot with_what_is_frozen(const Assembly& assembly,
                                                       coordinator::Coordinator::Snapshot center) {
  return [&assembly, center = std::move(center)](std::span<float> out) {
    const std::size_t count = assembly.model.exchanged_count();
    center(out.first(count));
    std::ranges::copy(std::span(assembly.initial).subspan(count), out.subspan(count).begin());
  };
}

}  // namespace

Outcome run_in_process(const Run& run) {
  const Assembly& assembly = run.assembly();
  if (!assembly.roles.worker) return {};
  const auto state = center::make_local_state(exchanged(assembly), 1, statistics(assembly));
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
  worker = make_worker(assembly, center, nobody, sink);
  worker->run();
  outcome.weights.resize(assembly.model.parameter_count());
  snapshot(outcome.weights);
  outcome.updates = has_center ? server.updates() : worker->exchanges();
  return outcome;
}

Outcome run_with_server(const Run& run) {
  const Assembly& assembly = run.assembly();
  const mpi::Communicator& world = run.world();
  const center::Center center =
      center::make_center(world, exchanged(assembly), assembly.experiment.server,
                          wanted_consistency(assembly.experiment.trainer), statistics(assembly));
  const mpi::Communicator reports = world.duplicate();
  const auto snapshot =
      with_what_is_frozen(assembly, [&](std::span<float> out) { center.server->snapshot(out); });
  center::LonePeer nobody;
  records::RemoteSink sink(reports);
  Outcome outcome;
  std::unique_ptr<worker::Worker> worker;
  mpi::collectively(world, [&] {
    if (world.rank() == 0) {
      outcome.coordinator = run.begin(records::ServedCenter{center.transport, center.consistency},
                                      snapshot, center.server->board());
    } else if (center.worker) {
      worker = make_worker(assembly, *center.worker, nobody, sink);
    }
  });
  if (outcome.coordinator) {
    coordinator::serve(reports, *center.server, *outcome.coordinator);
    outcome.weights.resize(assembly.model.parameter_count());
    snapshot(outcome.weights);
    outcome.updates = center.server->updates();
  } else if (worker) {
    worker->run();
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
  center::MpiPeers peers(exchange);
  center::LocalCenter no_center(center::make_local_state({}, assembly.roles.workers));
  center::LocalServer orders(center::make_local_state({}, assembly.roles.workers));
  std::optional<coordinator::MeetingSink::Head> head;
  std::optional<coordinator::MeetingSink> sink;
  Outcome outcome;
  std::unique_ptr<worker::Worker> worker;
  const auto snapshot = [&](std::span<float> out) { worker->model(out); };
  mpi::collectively(world, [&] {
    if (world.rank() == 0) {
      outcome.coordinator = run.begin(std::nullopt, snapshot, orders.board());
      head.emplace(coordinator::MeetingSink::Head{*outcome.coordinator, orders.board()});
    }
    sink.emplace(reports, head ? &*head : nullptr, no_center.board());
    worker = make_worker(assembly, no_center, peers, *sink);
  });
  worker->run();
  sink->end_pass();  // the last reports
  if (head) {
    outcome.weights.resize(assembly.model.parameter_count());
    snapshot(outcome.weights);
    outcome.updates = worker->exchanges();
  }
  return outcome;
}

}  // namespace tusk::training
