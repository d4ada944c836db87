// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "tusk/real.hpp"

namespace tusk::mpi {
class Communicator;
}

// How much samples count. A data set [N] beside the features says it of each row; for training, a
// weight of its class says it, too, and a sample counts the product. SampleStore keeps the product,
// 8 bytes a sample, and batches carry it in Targets::weights to the model.
namespace tusk::samples {

// The weights of `rows`, one each. Collective with a communicator. Error(bad_data) that names file,
// data set and row if one is not finite.
void read_weights(const datasets::JoinedDataset& weights, const datasets::Rows& rows,
                  const mpi::Communicator* communicator, std::span<double> out);

// Collective. Looks at the weights of `rows`, of which every rank reads a share, and returns how
// many are negative, the same number on every rank. Throws mpi::CollectiveError (bad_data) if one
// is not finite, or all are 0. `data` holds weights and is open without a communicator.
std::uint64_t survey_weights(const datasets::JoinedDataset& data, const datasets::Rows& rows,
                             const mpi::Communicator& world);

// One warning if weights are negative: `negative` of those of `rows` rows.
void warn_of_negative_weights(const datasets::JoinedDataset& data, std::uint64_t negative,
                              std::uint64_t rows);

// The class that a label of values names, as Keras takes it for class weights: the place of the
// largest of several; of a single one 1 above a half.
std::size_t class_of(ConstSpan label);

// Collective. How often each class occurs among the labels of `rows`, of which every rank reads a
// share; the same on every rank. Throws mpi::CollectiveError.
std::vector<std::uint64_t> count_classes(const datasets::Dataset& dataset,
                                         const datasets::Rows& rows, const LabelFormat& format,
                                         const mpi::Communicator& world);

// The weights with which all classes count alike, N/(K·n) for a class with n of N samples, where K
// classes have any; 1 for a class without samples. The mean weight of a sample is 1.
std::vector<double> balanced_weights(std::span<const std::uint64_t> counts);

}  // namespace tusk::samples
