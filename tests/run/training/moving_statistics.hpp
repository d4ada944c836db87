// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "net/formats/model_file.hpp"
#include "synthetic.hpp"

// Networks with batch normalization, and data whose statistics are known, for tests of what becomes
// of moving statistics in training.
namespace tusk::test {

// The experiment of synthetic.hpp with batch normalization before and behind its first layer.
inline Experiment normalized_experiment(const DataFolder& folder, StrategyOptions strategy) {
  Experiment normalized = experiment(folder, std::move(strategy));
  // The last batch of an epoch, with which all workers end, is of ten rows or more for 1 to 4 of
  // them: of two rows there is no variance to speak of, and the last batches weigh most.
  normalized.trainer.batch_size = 19;
  normalized.model.layers = {BatchNormalizationOptions{.momentum = 0.9}, DenseOptions{.units = 8},
                             BatchNormalizationOptions{.momentum = 0.8},
                             ActivationOptions{.activation = Activation::tanh},
                             DenseOptions{.units = 2, .activation = Activation::softmax}};
  return normalized;
}

// Rows whose features have means and variances of their own, and a mean apart in each class.
inline constexpr std::size_t still_rows = 4000;
inline constexpr std::size_t still_features = 48;
inline constexpr std::size_t still_batch = 10;
inline constexpr double class_mean = 1.0;  // that of class 0 is -1

inline double still_mean(std::size_t feature) { return static_cast<double>(feature % 5) - 1.0; }
inline double variance_in_class(std::size_t feature) {
  return std::pow(1.0 + static_cast<double>(feature % 3), 2);
}

// Whether the rows are sorted by class, so that a worker's shard, and so its batches, have one
// alone.
enum class Rows { mixed, sorted };

inline void write_still_data(const std::string& path, Rows order) {
  std::vector<float> x(still_rows * still_features);
  std::vector<std::int32_t> y(still_rows);
  Random random(13, Stream::initial_weights);
  double left_of_0 = still_rows / 2;  // rows of class 0 that are still to come
  for (std::size_t row = 0; row < still_rows; ++row) {
    const double all_left = static_cast<double>(still_rows - row);
    const double draw = order == Rows::sorted ? 0.0 : random.uniform() * all_left;
    y[row] = draw < left_of_0 ? 0 : 1;
    if (y[row] == 0) left_of_0 -= 1.0;
    for (std::size_t i = 0; i < still_features; ++i) {
      const double mean = still_mean(i) + (y[row] == 0 ? -class_mean : class_mean);
      x[row * still_features + i] =
          static_cast<float>(mean + std::sqrt(variance_in_class(i)) * random.normal());
    }
  }
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {still_rows, still_features})
      .write(0, std::span<const float>(x));
  file.create_dataset("label", ElementType::i32, {still_rows})
      .write(0, std::span<const std::int32_t>(y));
  file.close();
}

// A network that normalizes the data themselves and, as its learning rate is 0, does nothing else.
// `path`: what write_still_data() wrote.
inline Experiment still_experiment(const std::string& path, StrategyOptions strategy) {
  Experiment still;
  still.name = "still";
  still.seed = 5;
  still.data.train = path;
  still.model.layers = {BatchNormalizationOptions{.momentum = 0.98},
                        DenseOptions{.units = 2, .activation = Activation::softmax}};
  still.optimizer.learning_rate = 0.0;
  still.trainer.strategy = std::move(strategy);
  still.trainer.epochs = 3;
  still.trainer.batch_size = still_batch;
  return still;
}

// How far the moving statistics of still_experiment's model are from what they should be, as root
// mean squares over the features: the mean from the data's, in deviations, and the variance from
// that of batches as the rows make them, as a share of it.
struct StatisticsError {
  double mean = 0.0;
  double variance = 0.0;
};

inline StatisticsError statistics_error(std::span<const float> moving, Rows order,
                                        std::size_t batch = still_batch) {
  StatisticsError error;
  constexpr auto n = static_cast<double>(still_features);
  // A batch's variance is the biased one.
  const double of_batch = 1.0 - 1.0 / static_cast<double>(batch);
  for (std::size_t i = 0; i < still_features; ++i) {
    const double whole = variance_in_class(i) + class_mean * class_mean;
    const double expected = of_batch * (order == Rows::sorted ? variance_in_class(i) : whole);
    error.mean += std::pow(moving[i] - still_mean(i), 2) / whole / n;
    error.variance += std::pow(moving[still_features + i] / expected - 1.0, 2) / n;
  }
  return {std::sqrt(error.mean), std::sqrt(error.variance)};
}

// The same that one process has with random batches, each of which leaves a share of 0.98 of an
// average: the noise of that, in units of a batch's noise, times the batch's. Where a batch is of
// one class, its mean is about as far from the data's as a number is.
inline StatisticsError noise_of_one_process(Rows order, std::size_t batch = still_batch) {
  const double share = std::sqrt((1.0 - 0.98) / (1.0 + 0.98));
  const auto b = static_cast<double>(batch);
  return {order == Rows::sorted ? share : share / std::sqrt(b), share * std::sqrt(2.0 / (b - 1.0))};
}

}  // namespace tusk::test
