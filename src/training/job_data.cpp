// SPDX-License-Identifier: Apache-2.0
#include "job_data.hpp"

#include "tusk/core/error.hpp"
#include "tusk/core/log.hpp"
#include "tusk/core/units.hpp"
#include "tusk/data/load_samples.hpp"
#include "tusk/data/shard.hpp"
#include "tusk/data/streamed_shard.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::training {

data::Dataset open_dataset(const DataOptions& options, const FileList& files,
                           const mpi::Communicator* communicator) {
  return data::Dataset::open(files, options.features, options.label, communicator);
}

data::LabelFormat label_format(const data::Dataset& dataset, const Job& job) {
  return data::label_format(dataset, job.model.loss(), job.model.output_size(), job.transforms);
}

namespace {

std::unique_ptr<data::SampleSource> load(const data::Dataset& dataset, const data::Rows& rows,
                                         const Job& job, std::uint64_t memory_limit) {
  const data::LabelFormat format = label_format(dataset, job);
  return data::load_samples(dataset, rows, &format, job.transforms, memory_limit);
}

}  // namespace

std::unique_ptr<data::SampleSource> load_validation(const DataOptions& options,
                                                    const data::Split& split, const Job& job,
                                                    std::uint64_t memory_limit) {
  if (options.validation) {
    const data::Dataset dataset = open_dataset(options, *options.validation);
    return load(dataset, data::Rows::all(dataset.rows()), job, memory_limit);
  }
  if (split.validation_count() == 0) return nullptr;
  const data::Rows rows = split.validation_rows({0, split.validation_count()});
  return load(open_dataset(options, options.train), rows, job, memory_limit);
}

Partitions make_partitions(const Experiment& experiment, const data::Split& split, const Job& job,
                           std::uint64_t memory_limit) {
  const std::size_t count = experiment.trainer.parallelism_factor * job.roles.workers;
  if (count > split.training_count()) {
    fail(ExitCode::bad_experiment,
         "trainer.parallelism_factor = {} makes {} partitions of {} training rows: at least one "
         "row each is needed",
         experiment.trainer.parallelism_factor, count, split.training_count());
  }
  data::Dataset dataset = open_dataset(experiment.data, experiment.data.train);
  data::LabelFormat format = label_format(dataset, job);
  return {std::move(dataset), split, count, std::move(format), job.transforms, memory_limit};
}

std::unique_ptr<data::SampleSource> load_shard(const DataOptions& options,
                                               const data::Dataset& train, const data::Rows& rows,
                                               const Job& job, std::uint64_t memory_limit,
                                               const mpi::Communicator& world) {
  const std::uint64_t most_rows = world.max(rows.size());
  std::unique_ptr<data::SampleSource> shard;
  mpi::collectively(world, [&] {
    const data::LabelFormat format = label_format(train, job);
    if (data::fits_memory(train, most_rows, &format, memory_limit)) {
      const bool through_mpi_io = options.read == ReadMode::collective;
      const auto opened = open_dataset(options, options.train, through_mpi_io ? &world : nullptr);
      shard =
          std::make_unique<data::Shard>(data::Shard::read(opened, rows, &format, job.transforms));
    } else {
      shard =
          std::make_unique<data::StreamedShard>(train, rows, &format, job.transforms, memory_limit);
      if (world.rank() == 0) {
        info("the training rows of a worker exceed data.memory_limit = {}: they are streamed",
             format_bytes(memory_limit));
      }
    }
  });
  return shard;
}

}  // namespace tusk::training
