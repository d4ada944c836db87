// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "tusk/data/dataset.hpp"
#include "tusk/data/transforms.hpp"
#include "tusk/nn/model.hpp"
#include "tusk/nn/score.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Collective. The ranks' scores added up, the same on every rank.
nn::BatchScore sum_over_ranks(const mpi::Communicator& world, const nn::BatchScore& mine);

// Collective. The model's loss and metrics on every row of the data set, which the ranks share out
// in blocks; the same score on every rank. `weights` are the same everywhere. Throws
// mpi::CollectiveError.
nn::BatchScore evaluate_together(const mpi::Communicator& world, const nn::Model& model,
                                 std::span<const float> weights, const data::Dataset& dataset,
                                 const data::Transforms& transforms);

}  // namespace tusk::training
