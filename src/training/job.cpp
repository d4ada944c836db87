// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/job.hpp"

#include <functional>

#include "tusk/core/error.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/shard_balance.hpp"
#include "tusk/data/split.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/model_file.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/training/callbacks.hpp"
#include "tusk/training/ensemble.hpp"

namespace tusk::training {
namespace {

data::Dataset open_dataset(const DataOptions& options, const std::string& path,
                           const mpi::Communicator* communicator = nullptr) {
  return data::Dataset::open(path, options.features, options.label, communicator);
}

// Opens a file beside the training file: its samples must have the same shape.
data::Dataset open_beside(const DataOptions& options, const std::string& path,
                          const Shape& sample) {
  data::Dataset dataset = open_dataset(options, path);
  if (dataset.sample_shape() != sample) {
    fail(ExitCode::bad_data, "{}: samples of '{}' are {}, but those of {} are {}", path,
         options.features, dataset.sample_shape().to_string(), options.train, sample.to_string());
  }
  return dataset;
}

data::Split split_rows(const Experiment& experiment, const data::Dataset& train,
                       std::uint64_t seed) {
  if (experiment.data.validation_split == 0.0) return data::Split(train.rows());
  return data::Split(train.rows(), experiment.data.validation_split, seed);
}

// The experiment's layers, or those of model.file with its weights and, unless the experiment has
// transforms of its own, its transforms.
struct Origin {
  ModelOptions options;
  AlignedVector<float> weights;
  data::Transforms transforms;
};

Origin read_origin(const Experiment& experiment) {
  Origin origin{experiment.model, {}, data::Transforms(experiment.data.transforms)};
  if (!experiment.model.file) return origin;
  io::ModelContent content = io::load_model(*experiment.model.file);
  origin.options.layers = std::move(content.layers);
  origin.weights = std::move(content.weights);
  if (origin.transforms.empty()) {
    origin.transforms = data::Transforms::from_json(content.transforms, *experiment.model.file);
  }
  return origin;
}

AlignedVector<float> initial_weights(const nn::Model& model, AlignedVector<float> given,
                                     std::uint64_t seed) {
  if (!given.empty()) return given;
  AlignedVector<float> weights(model.parameter_count());
  model.initialize(weights, seed);
  return weights;
}

data::Shard read_shard(const data::Dataset& dataset, const std::vector<std::uint64_t>& rows,
                       const Job& job) {
  const data::LabelFormat format =
      data::label_format(dataset, job.model.loss(), job.model.output_size());
  return data::Shard::read(dataset, rows, &format, job.transforms);
}

// What validates, on rank 0: rows of the training file or a file of its own.
std::optional<data::Shard> read_validation(const Experiment& experiment, const data::Split& split,
                                           const Job& job) {
  const DataOptions& options = experiment.data;
  if (options.validation) {
    const auto dataset = open_beside(options, *options.validation, job.model.input_shape());
    const data::Split all(dataset.rows());
    return read_shard(dataset, all.training_rows({0, dataset.rows()}), job);
  }
  if (split.validation_count() == 0) return std::nullopt;
  const auto rows = split.validation_rows({0, split.validation_count()});
  return read_shard(open_dataset(options, options.train), rows, job);
}

// f·n partitions for the workers to claim.
Partitions make_partitions(const Experiment& experiment, const data::Split& split, const Job& job) {
  const std::size_t count = experiment.trainer.parallelism_factor * job.roles.workers;
  if (count > split.training_count()) {
    fail(ExitCode::bad_experiment,
         "trainer.parallelism_factor = {} makes {} partitions of {} training rows: at least one "
         "row each is needed",
         experiment.trainer.parallelism_factor, count, split.training_count());
  }
  data::Dataset dataset = open_dataset(experiment.data, experiment.data.train);
  data::LabelFormat format = data::label_format(dataset, job.model.loss(), job.model.output_size());
  return {std::move(dataset), split, count, std::move(format), job.transforms};
}

void check_debug(const DebugOptions& debug, std::size_t workers) {
  if (debug.slow && debug.slow->worker >= workers) {
    fail(ExitCode::bad_experiment, "debug.slow.worker = {}, but the last of {} worker{} is {}",
         debug.slow->worker, workers, workers == 1 ? "" : "s", workers - 1);
  }
}

// The rows of this rank's shard.
using ChooseRows = std::function<std::vector<std::uint64_t>(const data::Split& split)>;

Job prepare(const Experiment& experiment, const mpi::Communicator& world, const Roles& roles,
            std::uint64_t split_seed, const ChooseRows& choose_rows) {
  const DataOptions& options = experiment.data;
  std::optional<Job> job;
  std::optional<data::Split> split;
  std::vector<std::uint64_t> rows;
  mpi::collectively(world, [&] {
    const data::Dataset train = open_dataset(options, options.train);
    split = split_rows(experiment, train, split_seed);
    Origin origin = read_origin(experiment);
    nn::Model model(origin.options, train.sample_shape());
    data::label_format(train, model.loss(), model.output_size());
    if (options.test) {
      const auto test = open_beside(options, *options.test, train.sample_shape());
      data::label_format(test, model.loss(), model.output_size());
    }
    auto weights = initial_weights(model, std::move(origin.weights), experiment.seed);
    const io::File file = io::File::open(options.train);
    job.emplace(Job{
        .roles = roles,
        .model = std::move(model),
        .transforms = std::move(origin.transforms),
        .class_names =
            io::read_texts(file, options.label, "class_names").value_or(std::vector<std::string>{}),
        .initial = std::move(weights),
        .training_rows = split->training_count()});
    split->shard_rows(roles.workers - 1, roles.workers, options.train);  // enough for everyone?
    strategies::check_strategy(experiment.trainer.strategy, experiment.optimizer, roles.workers);
    check_debug(experiment.debug, roles.workers);
    check_callbacks(experiment.callbacks, job->model.metric_names(),
                    options.validation || split->validation_count() > 0);
    if (experiment.trainer.parallelism_factor > 1) {
      job->partitions = make_partitions(experiment, *split, *job);
    }
    rows = choose_rows(*split);
  });
  const bool through_mpi_io = options.read == ReadMode::collective;
  mpi::collectively(world, [&] {
    const auto train = open_dataset(options, options.train, through_mpi_io ? &world : nullptr);
    job->shard = read_shard(train, rows, *job);
  });
  mpi::collectively(world, [&] {
    if (world.rank() == 0) job->validation = read_validation(experiment, *split, *job);
  });
  data::warn_of_uneven_shards(job->shard, world);
  return std::move(*job);
}

}  // namespace

Job prepare_job(const Experiment& experiment, const mpi::Communicator& world) {
  const Roles roles =
      assign_roles(strategies::topology(experiment.trainer.strategy), world.rank(), world.size());
  return prepare(experiment, world, roles, experiment.seed, [&](const data::Split& split) {
    const bool has_shard = roles.worker && experiment.trainer.parallelism_factor == 1;
    return has_shard ? split.shard_rows(*roles.worker, roles.workers, experiment.data.train)
                     : std::vector<std::uint64_t>{};
  });
}

Job prepare_member_job(const Experiment& experiment, const mpi::Communicator& world,
                       const Member& member) {
  const Roles roles{.workers = 1, .worker = 0};
  Job job = prepare(experiment, world, roles, member.seed,
                    [&](const data::Split& split) { return member_rows(split, member); });
  job.training_rows = job.shard.size();
  return job;
}

Job prepare_virtual_job(const Experiment& experiment, const mpi::Communicator& world,
                        std::size_t workers) {
  const Roles roles{.workers = workers, .worker = std::nullopt};
  return prepare(experiment, world, roles, experiment.seed, [](const data::Split& split) {
    return split.training_rows({0, split.training_count()});
  });
}

}  // namespace tusk::training
