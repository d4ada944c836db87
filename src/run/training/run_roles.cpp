// SPDX-License-Identifier: Apache-2.0
#include "run/training/run_roles.hpp"

#include <memory>
#include <optional>

#include "exchange/center/consistency.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/center/make_center.hpp"
#include "exchange/center/mpi_peers.hpp"
#include "exchange/strategies/registry.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/coordinator/meeting_sink.hpp"
#include "run/coordinator/server_loop.hpp"
#include "run/records/report_messages.hpp"
#include "run/worker/board_gate.hpp"
#include "run/worker/partition_passes.hpp"
#include "run/worker/slow_clock.hpp"
#include "run/worker/workplace.hpp"

namespace tusk::training {
namespace {

std::unique_ptr<worker::Clock> make_clock(const DebugOptions& debug, std::size_t worker) {
  const double factor = debug.slowness(worker);
  if (factor > 1.0) return std::make_unique<worker::SlowClock>(factor);
  return std::make_unique<worker::WallClock>();
}

std::unique_ptr<worker::Passes> make_passes(const Experiment& experiment, const Job& job,
                                            center::ControlBoard& board) {
  if (!job.partitions) return nullptr;
  return std::make_unique<worker::PartitionPasses>(
      board, [&job](std::size_t partition) { return job.partitions->read(partition); },
      worker::PartitionPasses::Options{.partitions = job.partitions->count(),
                                       .epochs = experiment.trainer.epochs,
                                       .batches = {.batch_size = experiment.trainer.batch_size,
                                                   .shuffle = experiment.data.shuffle,
                                                   .seed = experiment.seed,
                                                   .repeat = experiment.data.repeat}});
}

// This rank's workplace with the clock, gate and passes of a real job.
class Post {
 public:
  Post(const Experiment& experiment, const Job& job, center::CenterVariable& center,
       center::Peers& peers, records::ReportSink& sink)
      : clock_(make_clock(experiment.debug, *job.roles.worker)),
        gate_(center.board(), *job.roles.worker, experiment.trainer.max_staleness),
        passes_(make_passes(experiment, job, center.board())),
        workplace_(experiment, job.model, job.initial,
                   worker::Site{.worker = *job.roles.worker,
                                .workers = job.roles.workers,
                                .shard = *job.shard,
                                .center = center,
                                .peers = peers,
                                .clock = *clock_,
                                .gate = gate_,
                                .sink = sink,
                                .passes = passes_.get(),
                                .threads = experiment.trainer.threads}) {}

  worker::Workplace& workplace() { return workplace_; }

 private:
  std::unique_ptr<worker::Clock> clock_;
  worker::BoardGate gate_;
  std::unique_ptr<worker::Passes> passes_;
  worker::Workplace workplace_;
};

}  // namespace

Outcome run_in_process(const Experiment& experiment, const Job& job,
                       const MakeCoordinator& make_coordinator) {
  if (!job.roles.worker) return {};
  const auto state = center::make_local_state(job.initial, 1);
  center::LocalCenter center(state);
  center::LocalServer server(state);
  center::LonePeer nobody;
  std::optional<Post> post;
  const bool has_center =
      strategies::topology(experiment.trainer.strategy) == strategies::Topology::parameter_server;
  const auto snapshot = [&](std::span<float> out) {
    if (has_center) {
      server.snapshot(out);
    } else {
      post->workplace().worker().model(out);
    }
  };
  coordinator::LocalSink sink(make_coordinator(snapshot, server.board(), "none", "snapshot"));
  post.emplace(experiment, job, center, nobody, sink);
  post->workplace().train();
  Outcome outcome{.weights = AlignedVector<float>(job.model.parameter_count()),
                  .updates = has_center ? server.updates() : post->workplace().exchanges()};
  snapshot(outcome.weights);
  return outcome;
}

Outcome run_with_server(const Experiment& experiment, const Job& job,
                        const mpi::Communicator& world, const MakeCoordinator& make_coordinator) {
  const center::Center center = center::make_center(world, job.initial, experiment.server,
                                                    wanted_consistency(experiment.trainer));
  const mpi::Communicator reports = world.duplicate();
  const auto snapshot = [&](std::span<float> out) { center.server->snapshot(out); };
  coordinator::Coordinator* coordinator = nullptr;
  center::LonePeer nobody;
  records::RemoteSink sink(reports);
  std::optional<Post> post;
  mpi::collectively(world, [&] {
    if (world.rank() == 0) {
      coordinator = &make_coordinator(snapshot, center.server->board(),
                                      std::string(name_of(center.transport)),
                                      std::string(name_of(center.consistency)));
    } else if (center.worker) {
      post.emplace(experiment, job, *center.worker, nobody, sink);
    }
  });
  Outcome outcome;
  if (coordinator != nullptr) {
    coordinator::serve(reports, *center.server, *coordinator);
    outcome.weights.resize(job.model.parameter_count());
    snapshot(outcome.weights);
    outcome.updates = center.server->updates();
  } else if (post) {
    post->workplace().train();
  }
  mpi::Request over = world.ibarrier();  // a shard's server serves until all others are here
  if (coordinator == nullptr && center.server) coordinator::serve_shard(*center.server, over);
  over.wait();
  return outcome;
}

Outcome run_with_peers(const Experiment& experiment, const Job& job, const mpi::Communicator& world,
                       const MakeCoordinator& make_coordinator) {
  const mpi::Communicator exchange = world.duplicate();
  const mpi::Communicator reports = world.duplicate();
  center::MpiPeers peers(exchange);
  center::LocalCenter no_center(center::make_local_state({}, job.roles.workers));
  center::LocalServer orders(center::make_local_state({}, job.roles.workers));
  std::optional<coordinator::MeetingSink::Head> head;
  std::optional<coordinator::MeetingSink> sink;
  std::optional<Post> post;
  const auto snapshot = [&](std::span<float> out) { post->workplace().worker().model(out); };
  mpi::collectively(world, [&] {
    if (world.rank() == 0) {
      coordinator::Coordinator& coordinator =
          make_coordinator(snapshot, orders.board(), "none", "snapshot");
      head.emplace(coordinator::MeetingSink::Head{coordinator, orders.board()});
    }
    sink.emplace(reports, head ? &*head : nullptr, no_center.board());
    post.emplace(experiment, job, no_center, peers, *sink);
  });
  post->workplace().train();
  sink->end_pass();  // the last reports
  Outcome outcome;
  if (head) {
    outcome.weights.resize(job.model.parameter_count());
    snapshot(outcome.weights);
    outcome.updates = post->workplace().exchanges();
  }
  return outcome;
}

}  // namespace tusk::training
