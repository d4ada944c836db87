// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "experiment/experiment.hpp"
#include "mpi/communicator.hpp"
#include "shared_folder.hpp"
#include "tusk/random.hpp"

// A small problem that every trainer can solve, for tests that train.
namespace tusk::test {

inline constexpr std::size_t rows = 1003;  // a last, smaller batch for every number of workers
inline constexpr std::size_t features = 6;

// Two classes on either side of a plane, with a margin.
inline void write_data(const std::string& path) {
  std::vector<float> x(rows * features);
  std::vector<std::int32_t> y(rows);
  Random random(11, Stream::initial_weights);
  for (std::size_t row = 0; row < rows; ++row) {
    float side = 0.0F;
    for (std::size_t i = 0; i < features; ++i) {
      x[row * features + i] = static_cast<float>(random.normal());
      side += x[row * features + i] * (i % 2 == 0 ? 1.0F : -1.0F);
    }
    y[row] = side > 0.0F ? 1 : 0;
  }
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {rows, features})
      .write(0, std::span<const float>(x));
  file.create_dataset("label", ElementType::i32, {rows}).write(0, std::span<const std::int32_t>(y));
  file.close();
}

// A folder for all ranks with the problem in data.h5.
class DataFolder : public SharedFolder {
 public:
  explicit DataFolder(const mpi::Communicator& world) : SharedFolder(world) {
    if (world.rank() == 0) write_data(file("data.h5"));
    world.barrier();
  }
};

inline Experiment experiment(const DataFolder& folder, StrategyOptions strategy) {
  Experiment experiment;
  experiment.name = "test";
  experiment.seed = 3;
  experiment.data.train = folder.file("data.h5");
  experiment.data.test = folder.file("data.h5");
  experiment.data.validation_split = 0.1;
  experiment.model.layers = {DenseOptions{.units = 8, .activation = Activation::tanh},
                             DenseOptions{.units = 2, .activation = Activation::softmax}};
  experiment.model.metrics = {MetricKind::accuracy};
  experiment.optimizer.learning_rate = 0.1;
  experiment.trainer.strategy = strategy;
  experiment.trainer.epochs = 8;
  experiment.trainer.batch_size = 16;
  return experiment;
}

}  // namespace tusk::test
