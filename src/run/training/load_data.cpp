// SPDX-License-Identifier: Apache-2.0
#include "run/training/load_data.hpp"

#include <algorithm>

#include "core/log.hpp"
#include "core/units.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/shard.hpp"
#include "data/samples/streamed_shard.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/training/assembly.hpp"
#include "tusk/error.hpp"
#include "use/evaluation/answers.hpp"

namespace tusk::training {
namespace {

std::uint64_t memory_limit(const Assembly& assembly) {
  return assembly.experiment.data.memory_limit->bytes;
}

std::unique_ptr<const samples::SampleSource> load(const datasets::Dataset& dataset,
                                                  const datasets::Rows& rows,
                                                  const Assembly& assembly) {
  return samples::load_samples(dataset, rows, label_formats(dataset, assembly), assembly.transforms,
                               memory_limit(assembly));
}

// The one array of labels is all outputs', or each has its own.
void check_label_count(std::size_t labels, const graph::Model& model) {
  const std::vector<graph::ModelOutput>& outputs = model.outputs();
  if (labels != 1 && labels != outputs.size()) {
    fail(ExitCode::bad_experiment,
         "data.label names {} data sets, but the model has {} output{}: name one for all or one "
         "for each",
         labels, outputs.size(), outputs.size() == 1 ? "" : "s");
  }
  if (labels > 1) return;
  for (const graph::ModelOutput& output : outputs) {
    const graph::ModelOutput& first = outputs.front();
    if (output.loss->labels() == first.loss->labels() && output.shape == first.shape) continue;
    fail(ExitCode::bad_experiment,
         "model.outputs: '{}' {} with loss '{}' and '{}' {} with loss '{}' take different labels, "
         "but data.label names one data set: name one for each output",
         first.name, first.shape.to_string(), name_of(first.loss_options), output.name,
         output.shape.to_string(), name_of(output.loss_options));
  }
}

}  // namespace

samples::LabelFormats label_formats(const datasets::Dataset& dataset, const Assembly& assembly) {
  check_label_count(dataset.labels_count(), assembly.model);
  return evaluation::label_formats(
      {.model = &assembly.model, .weights = {}, .transforms = &assembly.transforms}, dataset);
}

samples::LabelFormats training_formats(const Assembly& assembly) {
  samples::LabelFormats formats = label_formats(assembly.files.train, assembly);
  for (std::size_t i = 0; i < assembly.class_weights.size(); ++i) {
    formats[i].class_weights = assembly.class_weights[i];
  }
  return formats;
}

std::unique_ptr<const samples::SampleSource> load_shard(const Assembly& assembly,
                                                        const datasets::Rows& rows,
                                                        const mpi::Communicator& world) {
  const DataOptions& options = assembly.experiment.data;
  const datasets::Dataset& train = assembly.files.train;
  const std::uint64_t most_rows = world.max(rows.size());
  std::unique_ptr<const samples::SampleSource> shard;
  mpi::collectively(world, [&] {
    const samples::LabelFormats formats = training_formats(assembly);
    if (!samples::fits_memory(train, most_rows, formats, assembly.transforms,
                              memory_limit(assembly))) {
      shard = std::make_unique<samples::StreamedShard>(train, rows, formats, assembly.transforms,
                                                       memory_limit(assembly));
      if (world.rank() == 0) {
        info("the training rows of a worker exceed data.memory_limit = {}: they are streamed",
             format_bytes(memory_limit(assembly)));
      }
      return;
    }
    const bool through_mpi_io = options.read == ReadMode::collective;
    const auto source = through_mpi_io
                            ? datasets::Dataset::open(options.train, assembly.files.names, &world)
                            : train;
    shard = std::make_unique<samples::Shard>(
        samples::Shard::read(source, rows, formats, assembly.transforms));
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

std::unique_ptr<const samples::SampleSource> load_some_test_rows(const Assembly& assembly) {
  if (!assembly.files.test) return nullptr;
  constexpr std::uint64_t most = 1000;
  const datasets::Dataset& test = *assembly.files.test;
  const std::uint64_t count = std::min(test.rows(), most);
  const bool fits = samples::fits_memory(test, count, label_formats(test, assembly),
                                         assembly.transforms, memory_limit(assembly));
  return fits ? load(test, datasets::Rows::all(count), assembly) : nullptr;
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
      train, split, count, training_formats(assembly), assembly.transforms, memory_limit(assembly)};
}

}  // namespace tusk::training
