// SPDX-License-Identifier: Apache-2.0
#include "run/training/train.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <variant>

#include "core/log.hpp"
#include "core/version.hpp"
#include "data/samples/memory_limit.hpp"
#include "experiment/write_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "net/formats/model_file.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/records/run_directory.hpp"
#include "run/training/core_count.hpp"
#include "run/training/ensemble.hpp"
#include "run/training/job.hpp"
#include "run/training/manifest.hpp"
#include "run/training/run_roles.hpp"
#include "use/evaluation/shared_evaluation.hpp"

namespace tusk::training {
namespace {

std::string trainer_name(const Experiment& experiment) {
  return std::visit([](const auto& options) -> std::string { return options.name; },
                    experiment.trainer.strategy);
}

std::vector<std::string> gather_hosts(const mpi::Communicator& world) {
  const std::string name = mpi::host_name();
  std::vector<std::string> hosts;
  for (const auto& bytes : world.gather(std::span<const char>(name), 0)) {
    hosts.emplace_back(bytes.begin(), bytes.end());
  }
  return hosts;
}

// Collective.
BatchScore test_model(const Experiment& experiment, const Job& job, AlignedVector<float>& weights,
                      const mpi::Communicator& world) {
  weights.resize(job.model.parameter_count());
  world.broadcast(std::as_writable_bytes(std::span(weights)), 0);
  std::optional<datasets::Dataset> dataset;
  mpi::collectively(world, [&] {
    dataset = datasets::Dataset::open(*experiment.data.test, experiment.data.features,
                                      experiment.data.label);
  });
  const evaluation::ModelView view{.model = &job.model,
                                   .weights = weights,
                                   .transforms = &job.transforms,
                                   .huber_delta = experiment.model.huber_delta};
  return evaluation::evaluate_together(world, {view}, evaluation::Combine::mean, *dataset);
}

formats::ModelContent model_content(const Experiment& experiment, const Job& job,
                                    const AlignedVector<float>& weights) {
  const nlohmann::ordered_json facts{{"experiment", experiment.name},
                                     {"trainer", trainer_name(experiment)},
                                     {"epochs", experiment.trainer.epochs},
                                     {"seed", experiment.seed},
                                     {"tusk_version", version},
                                     {"git_revision", git_revision}};
  return {.input = job.model.input_shape(),
          .layers = job.model.layers(),
          .weights = weights,
          .loss = experiment.model.loss,
          .huber_delta = experiment.model.huber_delta,
          .metrics = experiment.model.metrics,
          .transforms = job.transforms.to_json(),
          .class_names = job.class_names,
          .columns = job.columns,
          .facts = facts.dump()};
}

Job prepare(const Experiment& experiment, const TrainRequest& request,
            const mpi::Communicator& world) {
  if (request.virtual_workers) {
    return prepare_virtual_job(experiment, world, request.virtual_workers->count);
  }
  Job job = prepare_job(experiment, world);
  mpi::collectively(world, [&] { require_worker(experiment.server.shards, world.size()); });
  return job;
}

Outcome run(const Experiment& experiment, const Job& job, const TrainRequest& request,
            const mpi::Communicator& world, const MakeCoordinator& make_coordinator) {
  if (request.virtual_workers) {
    return request.virtual_workers->run(experiment, job, make_coordinator);
  }
  if (job.roles.in_process) return run_in_process(experiment, job, make_coordinator);
  if (strategies::topology(experiment.trainer.strategy) == strategies::Topology::peers) {
    return run_with_peers(experiment, job, world, make_coordinator);
  }
  return run_with_server(experiment, job, world, make_coordinator);
}

// Virtual workers compute on the simulation's own threads, one each.
std::size_t threads_of_worker(const Experiment& experiment, const TrainRequest& request) {
  return request.virtual_workers ? 1 : experiment.trainer.threads;
}

// What the coordinator knows at the end, and the best model in the outcome if it is to be restored.
void summarize(const coordinator::Coordinator& coordinator, Outcome& outcome,
               records::Summary& summary) {
  summary.elapsed_s = coordinator.book().time_s();
  summary.epochs = coordinator.epochs().size();
  summary.last_epoch = coordinator.epochs().back();
  summary.stop_reason = coordinator.callbacks().stop_reason();
  summary.staleness = coordinator.book().staleness();
  summary.time = coordinator.time();
  summary.ledger = coordinator.ledger();
  summary.updates = outcome.updates;
  if (const auto& best = coordinator.callbacks().best()) {
    summary.last_epoch = best->record;
    outcome.weights = best->weights;
  }
}

}  // namespace

records::Summary train(const Experiment& given, const TrainRequest& request,
                       const mpi::Communicator& world) {
  Experiment experiment = given;  // with the limit that it will be repeated with
  experiment.data.memory_limit = ByteCount{samples::memory_limit(given.data, world)};
  if (strategies::topology(experiment.trainer.strategy) == strategies::Topology::independent) {
    return train_ensemble(experiment, request, world);
  }
  const Job job = prepare(experiment, request, world);
  warn_of_few_cores(job.roles.worker ? threads_of_worker(experiment, request) : 0, world);
  strategies::warn_of_strategy(experiment.trainer.strategy, experiment.optimizer,
                               job.roles.workers);
  return train_job(experiment, request, job, world);
}

records::Summary train_job(const Experiment& experiment, const TrainRequest& request,
                           const Job& job, const mpi::Communicator& world) {
  const std::vector<std::string> hosts = gather_hosts(world);
  std::optional<records::RunDirectory> directory;
  mpi::collectively(world, [&] {
    if (world.rank() == 0) directory.emplace(request.run_directory, request.overwrite);
  });
  if (job.roles.in_process && world.size() > 1) {
    info("trainer '{}' runs in one process: rank 0 trains, the other {} ranks wait",
         trainer_name(experiment), world.size() - 1);
  }

  const std::size_t threads = threads_of_worker(experiment, request);

  std::optional<coordinator::Coordinator> coordinator;
  const MakeCoordinator make_coordinator =
      [&](coordinator::Coordinator::Snapshot snapshot, center::ControlBoard& board,
          const std::string& transport,
          const std::string& consistency) -> coordinator::Coordinator& {
    directory->write("experiment.toml", experiment::to_toml(experiment));
    directory->write("manifest.json",
                     manifest_json(experiment, job, hosts, transport, consistency));
    return coordinator.emplace(
        coordinator::Coordinator::Options{.workers = job.roles.workers,
                                          .epochs = experiment.trainer.epochs,
                                          .samples_per_epoch = job.samples_per_epoch(),
                                          .metric_names = job.model.metric_names(),
                                          .optimizer = experiment.optimizer,
                                          .callbacks = experiment.callbacks,
                                          .quiet = request.quiet,
                                          .threads = threads},
        job.model, job.validation.get(), *directory, std::move(snapshot), board);
  };
  Outcome outcome = run(experiment, job, request, world, make_coordinator);

  records::Summary summary{.name = experiment.name,
                           .trainer = trainer_name(experiment),
                           .workers = job.roles.workers,
                           .threads = threads,
                           .metric_names = job.model.metric_names()};
  mpi::collectively(world, [&] {
    if (world.rank() != 0) return;
    coordinator->close();
    summarize(*coordinator, outcome, summary);
    records::check_ledger(summary.ledger, summary.stop_reason.empty()
                                              ? experiment.trainer.epochs * job.samples_per_epoch()
                                              : summary.ledger.samples_trained);
    formats::save_model(directory->file("model.h5"),
                        model_content(experiment, job, outcome.weights));
  });
  if (experiment.data.test) summary.test = test_model(experiment, job, outcome.weights, world);
  mpi::collectively(world, [&] {
    if (world.rank() == 0) directory->write("summary.json", summary.json());
  });
  return summary;
}

}  // namespace tusk::training
