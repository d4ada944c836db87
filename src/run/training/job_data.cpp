// SPDX-License-Identifier: Apache-2.0
#include "run/training/job_data.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/units.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/shard.hpp"
#include "data/samples/streamed_shard.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::training {

datasets::Dataset open_dataset(const DataOptions& options, const FileList& files,
                               const mpi::Communicator* communicator) {
  return datasets::Dataset::open(files, options.features, options.label, communicator);
}

samples::LabelFormat label_format(const datasets::Dataset& dataset, const Job& job) {
  return samples::label_format(dataset, job.model.labels(), job.model.output_size(),
                               job.transforms);
}

namespace {

std::unique_ptr<samples::SampleSource> load(const datasets::Dataset& dataset,
                                            const datasets::Rows& rows, const Job& job,
                                            std::uint64_t memory_limit) {
  const samples::LabelFormat format = label_format(dataset, job);
  return samples::load_samples(dataset, rows, &format, job.transforms, memory_limit);
}

}  // namespace

std::unique_ptr<samples::SampleSource> load_validation(const DataOptions& options,
                                                       const datasets::Split& split, const Job& job,
                                                       std::uint64_t memory_limit) {
  if (options.validation) {
    const datasets::Dataset dataset = open_dataset(options, *options.validation);
    return load(dataset, datasets::Rows::all(dataset.rows()), job, memory_limit);
  }
  if (split.validation_count() == 0) return nullptr;
  const datasets::Rows rows = split.validation_rows({0, split.validation_count()});
  return load(open_dataset(options, options.train), rows, job, memory_limit);
}

samples::Partitions make_partitions(const Experiment& experiment, const datasets::Split& split,
                                    const Job& job, std::uint64_t memory_limit) {
  const std::size_t count = experiment.trainer.parallelism_factor * job.roles.workers;
  if (count > split.training_count()) {
    fail(ExitCode::bad_experiment,
         "trainer.parallelism_factor = {} makes {} partitions of {} training rows: at least one "
         "row each is needed",
         experiment.trainer.parallelism_factor, count, split.training_count());
  }
  datasets::Dataset dataset = open_dataset(experiment.data, experiment.data.train);
  samples::LabelFormat format = label_format(dataset, job);
  return {std::move(dataset), split, count, std::move(format), job.transforms, memory_limit};
}

std::unique_ptr<samples::SampleSource> load_shard(const DataOptions& options,
                                                  const datasets::Dataset& train,
                                                  const datasets::Rows& rows, const Job& job,
                                                  std::uint64_t memory_limit,
                                                  const mpi::Communicator& world) {
  const std::uint64_t most_rows = world.max(rows.size());
  std::unique_ptr<samples::SampleSource> shard;
  mpi::collectively(world, [&] {
    const samples::LabelFormat format = label_format(train, job);
    if (samples::fits_memory(train, most_rows, &format, memory_limit)) {
      const bool through_mpi_io = options.read == ReadMode::collective;
      const auto opened = open_dataset(options, options.train, through_mpi_io ? &world : nullptr);
      shard = std::make_unique<samples::Shard>(
          samples::Shard::read(opened, rows, &format, job.transforms));
    } else {
      shard = std::make_unique<samples::StreamedShard>(train, rows, &format, job.transforms,
                                                       memory_limit);
      if (world.rank() == 0) {
        info("the training rows of a worker exceed data.memory_limit = {}: they are streamed",
             format_bytes(memory_limit));
      }
    }
  });
  return shard;
}

}  // namespace tusk::training
