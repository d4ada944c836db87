// SPDX-License-Identifier: Apache-2.0
// What transforms make of a data set, for the Python script beside it.
//   transform_rows EXPERIMENT.toml…   fits each experiment's transforms on the training rows of its
//   data and writes EXPERIMENT.toml.h5: `features` and `label` as the model would see them, all
//   rows, and `training`, the numbers of the training rows; and EXPERIMENT.toml.json, the
//   transforms. Prints the error of one that cannot be fitted to EXPERIMENT.toml.error instead.
#include <mpi.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/file.hpp"
#include "data/samples/shard.hpp"
#include "data/transforms/fit_transforms.hpp"
#include "experiment/read_experiment.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"

namespace tusk::transforms {
namespace {

void write_rows(const std::string& path, const datasets::Dataset& dataset,
                const Transforms& transforms, const std::vector<std::uint64_t>& training) {
  const samples::LabelFormat format =
      samples::label_format(dataset, LabelKind::values, 1, transforms);
  const samples::Shard shard =
      samples::Shard::read(dataset, datasets::Rows::all(dataset.rows()), &format, transforms);
  const std::size_t width = shard.sample_shape().elements();
  std::vector<Real> features(shard.size() * width);
  for (std::size_t i = 0; i < shard.size(); ++i) {
    shard.copy_sample(i, std::span(features).subspan(i * width, width));
  }
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {shard.size(), width})
      .write(0, std::span<const Real>(features));
  file.create_dataset("label", ElementType::f32, {shard.size()})
      .write(0, std::span<const Real>(shard.values().flat()));
  file.create_dataset("training", ElementType::u64, {training.size()})
      .write(0, std::span<const std::uint64_t>(training));
  file.close();
}

void transform(const std::string& path, const mpi::Communicator& world) try {
  const Experiment experiment =
      experiment::read_experiment(experiment::read_text(path), path, {}, {});
  const DataOptions& options = experiment.data;
  const datasets::Dataset dataset =
      datasets::Dataset::open(options.train, {options.features.datasets, options.label.datasets});
  const datasets::Split split(dataset.rows(), options.validation_split, experiment.seed);
  const datasets::Rows rows = split.training_rows({0, split.training_count()});
  const Transforms fitted = fit_transforms(options.transforms, dataset, rows, world);
  if (world.rank() != 0) return;
  std::ofstream(path + ".json") << fitted.to_json();
  // As evaluate and predict have them: from a model file.
  write_rows(path + ".h5", dataset, Transforms::from_json(fitted.to_json(), path, {}),
             rows.to_vector());
} catch (const Error& error) {
  if (world.rank() == 0) {
    std::ofstream(path + ".error") << static_cast<int>(error.code()) << " " << error.what();
  }
}

}  // namespace
}  // namespace tusk::transforms

int main(int argc, char** argv) {
  const tusk::mpi::Environment environment(argc, argv, [](const tusk::Error& error) {
    tusk::print_error(error.what());
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(error.code()));
  });
  const auto world = tusk::mpi::Communicator::world();
  for (int i = 1; i < argc; ++i) tusk::transforms::transform(argv[i], world);
  return EXIT_SUCCESS;
}
