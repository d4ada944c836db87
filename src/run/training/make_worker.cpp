// SPDX-License-Identifier: Apache-2.0
#include "run/training/make_worker.hpp"

#include <utility>

#include "run/training/assembly.hpp"
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
                                            center::ControlBoard& board) {
  const samples::BatchOptions batches =
      batch_options(assembly.experiment, index, assembly.augmentation);
  if (!assembly.partitions) {
    return std::make_unique<worker::ShardPasses>(*assembly.shard, batches);
  }
  const samples::Partitions& partitions = *assembly.partitions;
  return std::make_unique<worker::PartitionPasses>(
      board, [&partitions](std::size_t partition) { return partitions.read(partition); },
      partitions.count(), batches);
}

}  // namespace

std::unique_ptr<worker::Worker> make_worker(const Assembly& assembly,
                                            center::CenterVariable& center, center::Peers& peers,
                                            records::ReportSink& sink, const GateAround& around) {
  const Experiment& experiment = assembly.experiment;
  const std::size_t index = *assembly.roles.worker;
  auto own_gate =
      std::make_unique<worker::BoardGate>(center.board(), index, experiment.trainer.max_staleness);
  std::unique_ptr<worker::Gate> gate;
  if (around) {
    gate = around(std::move(own_gate));
  } else {
    gate = std::move(own_gate);
  }
  auto worker = std::make_unique<worker::Worker>(
      assembly.model, assembly.initial,
      worker_options(experiment, index, assembly.roles.workers, experiment.trainer.threads),
      worker::Worker::Outside{.center = center,
                              .peers = peers,
                              .sink = sink,
                              .clock = make_clock(experiment.debug, index),
                              .gate = std::move(gate),
                              .passes = make_passes(assembly, index, center.board())});
  restore_optimizer(assembly, *worker);
  return worker;
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
