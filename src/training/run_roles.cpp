// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/run_roles.hpp"

#include <algorithm>
#include <optional>

#include "tusk/center/consistency.hpp"
#include "tusk/center/local_center.hpp"
#include "tusk/center/make_center.hpp"
#include "tusk/center/peers.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/strategies/registry.hpp"
#include "tusk/training/server_loop.hpp"
#include "tusk/training/workplace.hpp"

namespace tusk::training {

Outcome run_in_process(const Experiment& experiment, const Job& job,
                       const MakeCoordinator& make_coordinator) {
  if (!job.roles.worker) return {};
  const auto state = center::make_local_state(job.initial, 1);
  center::LocalCenter center(state);
  center::LocalServer server(state);
  std::optional<Workplace> workplace;
  const bool sequential =
      strategies::topology(experiment.trainer.strategy) == strategies::Topology::sequential;
  const auto snapshot = [&](std::span<float> out) {
    if (sequential) {
      std::ranges::copy(workplace->worker().weights(), out.begin());
    } else {
      server.snapshot(out);
    }
  };
  LocalSink sink(make_coordinator(snapshot, "none", "snapshot"));
  WallClock clock;
  Gate gate;
  center::LonePeer peers;
  workplace.emplace(experiment, job.model, job.initial,
                    Site{.worker = *job.roles.worker,
                         .workers = 1,
                         .shard = job.shard,
                         .center = center,
                         .peers = peers,
                         .clock = clock,
                         .gate = gate,
                         .sink = sink});
  workplace->train();
  Outcome outcome{AlignedVector<float>(job.model.parameter_count()), server.updates()};
  snapshot(outcome.weights);
  return outcome;
}

Outcome run_with_server(const Experiment& experiment, const Job& job,
                        const mpi::Communicator& world, const MakeCoordinator& make_coordinator) {
  const center::Center center = center::make_center(world, job.initial, experiment.server.transport,
                                                    experiment.trainer.consistency);
  const mpi::Communicator reports = world.duplicate();
  const auto snapshot = [&](std::span<float> out) { center.server->snapshot(out); };
  Coordinator* coordinator = nullptr;
  mpi::collectively(world, [&] {
    if (!center.server) return;
    coordinator = &make_coordinator(snapshot, std::string(name_of(center.transport)),
                                    std::string(name_of(center.consistency)));
  });
  Outcome outcome;
  if (center.server) {
    serve(reports, *center.server, *coordinator);
    outcome.weights.resize(job.model.parameter_count());
    snapshot(outcome.weights);
    outcome.updates = center.server->updates();
  } else {
    RemoteSink sink(reports);
    WallClock clock;
    Gate gate;
    center::LonePeer peers;
    Workplace(experiment, job.model, job.initial,
              Site{.worker = *job.roles.worker,
                   .workers = job.roles.workers,
                   .shard = job.shard,
                   .center = *center.worker,
                   .peers = peers,
                   .clock = clock,
                   .gate = gate,
                   .sink = sink})
        .train();
  }
  world.barrier();
  return outcome;
}

}  // namespace tusk::training
