// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/data_options.hpp"

namespace tusk::mpi {
class Communicator;
}

// What is done to samples before the model sees them. How it comes about:
//
//   1. training::assemble() calls fit_transforms() with the experiment's options, on all ranks.
//   2. For each step in turn, fit() of its kind (transform_kinds.hpp; a kind a file) learns from
//      the training rows as the steps before it leave them: FittingSamples reads them, by all
//      ranks, and column_statistics, column_medians and column_categories sum them up. The label's
//      step is positive_label.
//   3. The result, a Transforms (transforms.hpp), is applied wherever samples are read: to train,
//      to validate, to evaluate and to predict.
//   4. It is kept in the model file as JSON, of which Transforms::from_json() makes it again by the
//      kinds' read_step().
namespace tusk::transforms {

// Collective: the transforms of an experiment with all that they learn, each from the training rows
// as the steps before it leave them. The ranks share out the reading; what is learned is the same,
// bit for bit, for any number of ranks. `data` is not opened with a communicator.
//
// Throws mpi::CollectiveError: bad_experiment, which names the key, if a step does not fit the
// data; bad_data, which names file, data set, row and column, for numbers that a step cannot take.
//
// They are those of the data set's first array of features. `key`: of the experiment's list.
Transforms fit_transforms(const std::vector<TransformOptions>& options,
                          const datasets::Dataset& data, const datasets::Rows& rows,
                          const mpi::Communicator& communicator,
                          const std::string& key = "data.transforms");

// Collective. The same for data of several arrays: the list of each of the model's inputs, which
// are given in the order of the arrays; an input that is not named has none.
ArrayTransforms fit_by_input(const TransformLists& lists, const std::vector<std::string>& inputs,
                             const datasets::Dataset& data, const datasets::Rows& rows,
                             const mpi::Communicator& communicator);

// Collective. Those of labels: the list of the only array of labels, or of each output's, in the
// order of `outputs`. Error(bad_experiment) if a step cannot be undone.
std::vector<Transforms> fit_labels(const TransformLists& lists,
                                   const std::vector<std::string>& outputs,
                                   const datasets::Dataset& data, const datasets::Rows& rows,
                                   const mpi::Communicator& communicator);

}  // namespace tusk::transforms
