// SPDX-License-Identifier: Apache-2.0
#include "run/training/job.hpp"

#include <functional>
#include <memory>

#include "core/error.hpp"
#include "data/datasets/column_names.hpp"
#include "data/datasets/dataset.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/memory_limit.hpp"
#include "data/samples/shard_balance.hpp"
#include "data/transforms/fit_transforms.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "run/coordinator/callbacks.hpp"
#include "run/training/job_data.hpp"
#include "run/training/members.hpp"

namespace tusk::training {
namespace {

// What the training file calls its classes.
std::vector<std::string> read_classes(const hdf5::File& file, const DataOptions& options) {
  return hdf5::read_texts(file, options.label, "class_names").value_or(std::vector<std::string>());
}

// Opens a file beside the training file: its samples must have the same shape, and its columns and
// classes the same names.
datasets::Dataset open_beside(const DataOptions& options, const FileList& files,
                              const datasets::Dataset& train) {
  datasets::Dataset dataset = open_dataset(options, files);
  const Shape sample = train.sample_shape();
  if (dataset.sample_shape() != sample) {
    fail(ExitCode::bad_data, "{}: samples of '{}' are {}, but those of {} are {}", dataset.path(),
         options.features, dataset.sample_shape().to_string(), train.path(), sample.to_string());
  }
  const hdf5::File file = hdf5::File::open(dataset.path());
  const hdf5::File first = hdf5::File::open(train.path());
  datasets::check_same_columns(file.path(), datasets::read_column_names(file, options.features),
                               first.path(), datasets::read_column_names(first, options.features));
  datasets::check_same_classes(file.path(), options.label, read_classes(file, options),
                               first.path(), read_classes(first, options));
  return dataset;
}

datasets::Split split_rows(const Experiment& experiment, const datasets::Dataset& train,
                           std::uint64_t seed) {
  if (experiment.data.validation_split == 0.0) return datasets::Split(train.rows());
  return datasets::Split(train.rows(), experiment.data.validation_split, seed);
}

// The experiment's layers, or those of model.file with its weights and, unless the experiment has
// transforms of its own, its transforms.
struct Origin {
  ModelOptions options;
  AlignedVector<float> weights;
  transforms::Transforms transforms;
};

Origin read_origin(const Experiment& experiment) {
  Origin origin{experiment.model, {}, {}};
  if (!experiment.model.file) return origin;
  formats::ModelContent content = formats::load_model(*experiment.model.file);
  origin.options.layers = std::move(content.layers);
  origin.weights = std::move(content.weights);
  if (experiment.data.transforms.empty()) {
    origin.transforms =
        transforms::Transforms::from_json(content.transforms, *experiment.model.file);
  }
  return origin;
}

AlignedVector<float> initial_weights(const graph::Model& model, AlignedVector<float> given,
                                     std::uint64_t seed) {
  if (!given.empty()) return given;
  AlignedVector<float> weights(model.parameter_count());
  model.initialize(weights, seed);
  return weights;
}

// How a kind of job goes about the training rows.
struct Plan {
  Roles roles;
  std::uint64_t split_seed = 0;
  // The rows of this rank's shard.
  std::function<datasets::Rows(const datasets::Split& split)> choose_rows;
  bool learns_from_shard = false;  // transforms learn from it, and not from all training rows
};

// What there is before anything has been learned.
struct Opened {
  datasets::Dataset train;
  datasets::Split split;
  Origin origin;
  datasets::Rows rows;  // of this rank's shard
};

Opened open_and_check(const Experiment& experiment, const Plan& plan) {
  const DataOptions& options = experiment.data;
  datasets::Dataset train = open_dataset(options, options.train);
  datasets::Split split = split_rows(experiment, train, plan.split_seed);
  const std::size_t workers = plan.roles.workers;
  split.shard_rows(workers - 1, workers, train.path());  // enough for everyone?
  check_workers(experiment, workers);
  if (options.test) open_beside(options, *options.test, train);
  if (options.validation) open_beside(options, *options.validation, train);
  auto rows = plan.choose_rows(split);
  return {std::move(train), std::move(split), read_origin(experiment), std::move(rows)};
}

// Collective.
transforms::Transforms fit_transforms(const Experiment& experiment, const mpi::Communicator& world,
                                      const Plan& plan, const Opened& opened) {
  const datasets::Rows training =
      plan.learns_from_shard ? opened.rows
                             : opened.split.training_rows({0, opened.split.training_count()});
  return transforms::fit_transforms(experiment.data.transforms, opened.train, training, world);
}

void check_parameters(const ServerOptions& server, const graph::Model& model) {
  if (server.shards <= model.parameter_count()) return;
  fail(ExitCode::bad_experiment,
       "server.shards = {}, but the model has {} parameters: at least one a shard is needed",
       server.shards, model.parameter_count());
}

// The model for samples as the transforms make them, and what else of the job needs no reading.
Job build(const Experiment& experiment, const Plan& plan, Opened& opened,
          transforms::Transforms transforms, std::uint64_t memory_limit) {
  const DataOptions& options = experiment.data;
  Origin& origin = opened.origin;
  graph::Model model(origin.options,
                     transforms.output_shape(opened.train.sample_shape(), opened.train.path()));
  check_parameters(experiment.server, model);
  const hdf5::File file = hdf5::File::open(opened.train.path());
  auto weights = initial_weights(model, std::move(origin.weights), experiment.seed);
  Job job{.roles = plan.roles,
          .model = std::move(model),
          .transforms = std::move(transforms),
          .class_names = {},
          .columns = datasets::read_column_names(file, options.features),
          .initial = std::move(weights),
          .training_rows = opened.split.training_count(),
          .repeat = options.repeat};
  job.class_names = job.transforms.class_names(read_classes(file, options));
  label_format(opened.train, job);
  if (options.test) label_format(open_dataset(options, *options.test), job);
  coordinator::check_callbacks(experiment.callbacks, job.model.metric_names(),
                               options.validation || opened.split.validation_count() > 0);
  if (experiment.trainer.parallelism_factor > 1) {
    job.partitions = make_partitions(experiment, opened.split, job, memory_limit);
  }
  return job;
}

Job prepare(const Experiment& experiment, const mpi::Communicator& world, const Plan& plan) {
  const DataOptions& options = experiment.data;
  const std::uint64_t memory_limit = samples::memory_limit(options, world);
  std::optional<Opened> opened;
  mpi::collectively(world, [&] { opened = open_and_check(experiment, plan); });
  transforms::Transforms transforms = opened->origin.transforms;
  if (!options.transforms.empty()) transforms = fit_transforms(experiment, world, plan, *opened);
  std::optional<Job> job;
  mpi::collectively(
      world, [&] { job = build(experiment, plan, *opened, std::move(transforms), memory_limit); });
  job->shard = load_shard(options, opened->train, opened->rows, *job, memory_limit, world);
  mpi::collectively(world, [&] {
    if (world.rank() != 0) return;
    job->validation = load_validation(options, opened->split, *job, memory_limit);
  });
  samples::warn_of_uneven_shards(*job->shard, world);
  return std::move(*job);
}

}  // namespace

void check_workers(const Experiment& experiment, std::size_t workers) {
  strategies::check_strategy(experiment.trainer.strategy, experiment.optimizer, workers);
  strategies::check_compression(experiment.trainer.strategy, experiment.server.compression);
  strategies::check_shards(experiment.trainer.strategy, experiment.server);
  const auto& slow = experiment.debug.slow;
  if (slow && slow->worker.value_or(0) >= workers) {
    fail(ExitCode::bad_experiment, "debug.slow.worker = {}, but the last of {} worker{} is {}",
         *slow->worker, workers, workers == 1 ? "" : "s", workers - 1);
  }
}

Job prepare_job(const Experiment& experiment, const mpi::Communicator& world) {
  Roles roles;
  mpi::collectively(world, [&] {
    roles = assign_roles(strategies::topology(experiment.trainer.strategy),
                         experiment.server.shards, world.rank(), world.size());
  });
  const auto shard_rows = [&](const datasets::Split& split) {
    const bool has_shard = roles.worker && experiment.trainer.parallelism_factor == 1;
    return has_shard
               ? split.shard_rows(*roles.worker, roles.workers, experiment.data.train.to_string())
               : datasets::Rows();
  };
  return prepare(experiment, world,
                 {.roles = roles, .split_seed = experiment.seed, .choose_rows = shard_rows});
}

Job prepare_member_job(const Experiment& experiment, const mpi::Communicator& world,
                       const Member& member) {
  const auto rows = [&](const datasets::Split& split) { return member_rows(split, member); };
  Job job = prepare(experiment, world,
                    {.roles = {.workers = 1, .worker = 0},
                     .split_seed = member.seed,
                     .choose_rows = rows,
                     .learns_from_shard = true});
  job.training_rows = job.shard->size();
  return job;
}

Job prepare_virtual_job(const Experiment& experiment, const mpi::Communicator& world,
                        std::size_t workers) {
  const auto all = [](const datasets::Split& split) {
    return split.training_rows({0, split.training_count()});
  };
  return prepare(experiment, world,
                 {.roles = {.workers = workers, .worker = std::nullopt},
                  .split_seed = experiment.seed,
                  .choose_rows = all});
}

}  // namespace tusk::training
