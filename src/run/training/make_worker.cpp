// SPDX-License-Identifier: Apache-2.0
#include "run/training/make_worker.hpp"

#include <utility>

#include "run/checkpoint/origin.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/training/assembly.hpp"
#include "run/training/dealt_rows.hpp"
#include "run/training/optimizer_memory.hpp"
#include "run/worker/board_gate.hpp"
#include "run/worker/partition_passes.hpp"
#include "run/worker/slow_clock.hpp"
#include "tusk/center.hpp"

namespace tusk::training {
namespace {

std::unique_ptr<worker::Clock> make_clock(const DebugOptions& debug, std::size_t worker) {
  const double factor = debug.slowness(worker);
  if (factor > 1.0) return std::make_unique<worker::SlowClock>(factor);
  return std::make_unique<worker::WallClock>();
}

// The passes over the partitions that this worker claims, or over its shard.
std::unique_ptr<worker::Passes> make_passes(const Assembly& assembly, std::size_t index,
                                            const DealtRows* dealt, worker::Claim claim) {
  const samples::BatchOptions batches =
      batch_options(assembly.experiment, index, assembly.augmentation);
  const auto unusual = [&](std::size_t parts) {
    return dealt != nullptr ? dealt->epochs(parts) : worker::DealtEpochs{};
  };
  if (!assembly.partitions) {
    return std::make_unique<worker::ShardPasses>(*assembly.shard, batches,
                                                 unusual(assembly.roles.workers));
  }
  const samples::Partitions& partitions = *assembly.partitions;
  return std::make_unique<worker::PartitionPasses>(
      std::move(claim), [&partitions](std::size_t partition) { return partitions.read(partition); },
      partitions.count(), batches, unusual(partitions.count()));
}

}  // namespace

std::unique_ptr<worker::Worker> make_worker(const Assembly& assembly,
                                            center::CenterVariable& center, center::Peers& peers,
                                            records::ReportSink& sink, const DealtRows* dealt,
                                            const GateAround& around, worker::Claim claim) {
  const Experiment& experiment = assembly.experiment;
  const std::size_t index = *assembly.roles.worker;
  if (!claim) claim = worker::claims_of(center.board());
  auto own_gate = std::make_unique<worker::BoardGate>(center.board(), assembly.roles.place(),
                                                      experiment.trainer.max_staleness);
  std::unique_ptr<worker::Gate> gate;
  if (around) {
    gate = around(std::move(own_gate));
  } else {
    gate = std::move(own_gate);
  }
  auto worker = std::make_unique<worker::Worker>(
      assembly.model, assembly.initial,
      worker_options(experiment, index, center_sizes(experiment, assembly.roles).workers,
                     experiment.trainer.threads),
      worker::Worker::Outside{.center = center,
                              .peers = peers,
                              .sink = sink,
                              .clock = make_clock(experiment.debug, index),
                              .gate = std::move(gate),
                              .passes = make_passes(assembly, index, dealt, std::move(claim))});
  restore_optimizer(assembly, *worker);
  return worker;
}

void go_on(checkpoint::Origin& origin, worker::Worker& worker, std::size_t index) {
  if (!origin.regroup) {
    (*origin.state)("worker", worker);
    origin.state->finish();
    return;
  }
  checkpoint::Regroup& regroup = *origin.regroup;
  const std::uint64_t updates = regroup.mean_updates();
  if (regroup.state) {
    regroup.state->part("worker", [&](State& state) { worker.take_over(state, regroup.itself); });
    regroup.state->finish();
    if (regroup.itself) return;
    worker.join(worker.steps(), updates, regroup.latest_s());
  } else {
    worker.join(origin.facts.steps.at(index), updates, regroup.latest_s());
  }
}

void regroup(const checkpoint::Origin& origin, std::size_t workers,
             coordinator::Coordinator& coordinator) {
  if (!origin.regroup) return;
  const std::vector<checkpoint::FormerWorker>& formers = origin.regroup->formers;
  std::vector<records::Report> gone;
  for (std::size_t worker = 0; worker < formers.size(); ++worker) {
    const bool goes_on = worker < workers && origin.regroup->continued(worker);
    if (!goes_on && !formers[worker].finished) gone.push_back(formers[worker].report);
  }
  coordinator.regroup(std::move(gone), origin.regroup->mean_updates());
}

worker::Worker::Options worker_options(const Experiment& experiment, std::size_t index,
                                       std::size_t workers, std::size_t threads) {
  return {.seed = experiment.seed,
          .index = index,
          .workers = workers,
          .threads = threads,
          .trainer = experiment.trainer,
          .optimizer = experiment.optimizer};
}

samples::BatchOptions batch_options(const Experiment& experiment, std::size_t index,
                                    std::shared_ptr<const samples::Augmentation> augmentation) {
  return {.batch_size = experiment.trainer.batch_size,
          .shuffle = experiment.data.shuffle,
          .seed = experiment.seed,
          .worker = static_cast<std::uint32_t>(index),
          .repeat = experiment.data.repeat,
          .epochs = experiment.trainer.epochs,
          .augmentation = std::move(augmentation)};
}

}  // namespace tusk::training
