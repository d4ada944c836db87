// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/run_roles.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "tusk/center/consistency.hpp"
#include "tusk/center/local_center.hpp"
#include "tusk/center/make_center.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/optim/optimizer.hpp"
#include "tusk/strategies/registry.hpp"
#include "tusk/training/observed_center.hpp"
#include "tusk/training/server_loop.hpp"
#include "tusk/training/worker.hpp"

namespace tusk::training {
namespace {

std::unique_ptr<optim::Optimizer> make_optimizer(const Experiment& experiment,
                                                 const nn::Model& model) {
  std::vector<std::size_t> sizes;
  for (const nn::Parameter& parameter : model.parameters()) sizes.push_back(parameter.size());
  return optim::make_optimizer(experiment.optimizer, sizes);
}

// One worker with all that it needs, wired together.
class Workplace {
 public:
  Workplace(const Experiment& experiment, const Job& job, center::CenterVariable& center,
            ReportSink& sink)
      : options_(experiment.trainer),
        reporter_(index(job), job.model.metrics().size(),
                  strategies::topology(options_.strategy) != strategies::Topology::sequential, sink,
                  clock_),
        center_(center, reporter_),
        optimizer_(make_optimizer(experiment, job.model)),
        strategy_(strategies::make_strategy(options_.strategy,
                                            {.center = &center_,
                                             .workers = job.roles.workers,
                                             .learning_rate = experiment.optimizer.learning_rate})),
        batches_(job.shard, {.batch_size = options_.batch_size,
                             .shuffle = experiment.data.shuffle,
                             .seed = experiment.seed,
                             .worker = index(job)}),
        passes_(batches_, options_.epochs),
        worker_({.model = job.model,
                 .optimizer = *optimizer_,
                 .strategy = *strategy_,
                 .passes = passes_,
                 .gate = gate_,
                 .reporter = reporter_,
                 .clock = clock_},
                {.seed = experiment.seed,
                 .index = index(job),
                 .batch_size = options_.batch_size,
                 .keep_optimizer_state = options_.keep_optimizer_state},
                job.initial) {}

  void train() { worker_.run(); }
  std::span<const float> weights() const { return worker_.weights(); }

 private:
  static std::uint32_t index(const Job& job) {
    return static_cast<std::uint32_t>(*job.roles.worker);
  }

  const TrainerOptions& options_;
  WallClock clock_;
  Reporter reporter_;
  ObservedCenter center_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  std::unique_ptr<strategies::Strategy> strategy_;
  data::Batches batches_;
  ShardPasses passes_;
  Gate gate_;
  Worker worker_;
};

}  // namespace

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
      std::ranges::copy(workplace->weights(), out.begin());
    } else {
      server.snapshot(out);
    }
  };
  LocalSink sink(make_coordinator(snapshot, "none", "snapshot"));
  workplace.emplace(experiment, job, center, sink);
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
    Workplace(experiment, job, *center.worker, sink).train();
  }
  world.barrier();
  return outcome;
}

}  // namespace tusk::training
