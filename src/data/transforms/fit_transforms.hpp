// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/data_options.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::transforms {

// Collective: the transforms of an experiment with all that they learn, each from the training rows
// as the steps before it leave them. The ranks share out the reading; what is learned is the same,
// bit for bit, for any number of ranks. `data` is not opened with a communicator.
//
// Throws mpi::CollectiveError: bad_experiment, which names the key, if a step does not fit the
// data; bad_data, which names file, data set, row and column, for numbers that a step cannot take.
Transforms fit_transforms(const std::vector<TransformOptions>& options,
                          const datasets::Dataset& data, const datasets::Rows& rows,
                          const mpi::Communicator& communicator);

}  // namespace tusk::transforms
