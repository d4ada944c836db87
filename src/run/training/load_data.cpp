// SPDX-License-Identifier: Apache-2.0
#include "run/training/load_data.hpp"

#include "core/log.hpp"
#include "core/units.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/shard.hpp"
#include "data/samples/streamed_shard.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/training/assembly.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

std::uint64_t memory_limit(const Assembly& assembly) {
  return assembly.experiment.data.memory_limit->bytes;
}

std::unique_ptr<const samples::SampleSource> load(const datasets::Dataset& dataset,
                                                  const datasets::Rows& rows,
                                                  const Assembly& assembly) {
  const samples::LabelFormat format = label_format(dataset, assembly);
  return samples::load_samples(dataset, rows, &format, assembly.transforms, memory_limit(assembly));
}

}  // namespace

samples::LabelFormat label_format(const datasets::Dataset& dataset, const Assembly& assembly) {
  const std::vector<graph::ModelOutput>& outputs = assembly.model.outputs();
  for (const graph::ModelOutput& output : outputs) {
    const graph::ModelOutput& first = outputs.front();
    if (output.loss->labels() == first.loss->labels() && output.shape == first.shape) continue;
    fail(ExitCode::bad_experiment,
         "model.outputs: '{}' {} with loss '{}' and '{}' {} with loss '{}' take different labels, "
         "but this version trains all outputs on the one label of a sample",
         first.name, first.shape.to_string(), name_of(first.loss_options), output.name,
         output.shape.to_string(), name_of(output.loss_options));
  }
  return samples::label_format(dataset, assembly.model.labels(), assembly.model.output_size(),
                               assembly.transforms);
}

samples::LabelFormat training_format(const Assembly& assembly) {
  samples::LabelFormat format = label_format(assembly.files.train, assembly);
  format.class_weights = assembly.class_weights;
  return format;
}

std::unique_ptr<const samples::SampleSource> load_shard(const Assembly& assembly,
                                                        const datasets::Rows& rows,
                                                        const mpi::Communicator& world) {
  const DataOptions& options = assembly.experiment.data;
  const datasets::Dataset& train = assembly.files.train;
  const std::uint64_t most_rows = world.max(rows.size());
  std::unique_ptr<const samples::SampleSource> shard;
  mpi::collectively(world, [&] {
    const samples::LabelFormat format = training_format(assembly);
    if (!samples::fits_memory(train, most_rows, &format, assembly.transforms,
                              memory_limit(assembly))) {
      shard = std::make_unique<samples::StreamedShard>(train, rows, &format, assembly.transforms,
                                                       memory_limit(assembly));
      if (world.rank() == 0) {
        info("the training rows of a worker exceed data.memory_limit = {}: they are streamed",
             format_bytes(memory_limit(assembly)));
      }
      return;
    }
    const bool through_mpi_io = options.read == ReadMode::collective;
    const auto source = through_mpi_io
                            ? datasets::Dataset::open(options.train, array_names(options), &world)
                            : train;
    shard = std::make_unique<samples::Shard>(
        samples::Shard::read(source, rows, &format, assembly.transforms));
  });
  return shard;
}

std::unique_ptr<const samples::SampleSource> load_validation(const Assembly& assembly,
                                                             const datasets::Split& split) {
  const DataFiles& files = assembly.files;
  if (files.validation) {
    return load(*files.validation, datasets::Rows::all(files.validation->rows()), assembly);
  }
  if (split.validation_count() == 0) return nullptr;
  return load(files.train, split.validation_rows({0, split.validation_count()}), assembly);
}

samples::Partitions make_partitions(const Assembly& assembly, const datasets::Split& split) {
  const std::size_t factor = assembly.experiment.trainer.parallelism_factor;
  const std::size_t count = factor * assembly.roles.workers;
  if (count > split.training_count()) {
    fail(ExitCode::bad_experiment,
         "trainer.parallelism_factor = {} makes {} partitions of {} training rows: at least one "
         "row each is needed",
         factor, count, split.training_count());
  }
  const datasets::Dataset& train = assembly.files.train;
  return {
      train, split, count, training_format(assembly), assembly.transforms, memory_limit(assembly)};
}

}  // namespace tusk::training
