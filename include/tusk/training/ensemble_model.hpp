// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/core/real.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/split.hpp"
#include "tusk/nn/score.hpp"
#include "tusk/training/trained_model.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// How the members of an ensemble make one prediction.
enum class Combine {
  mean,  // of their outputs
  vote,  // each output is the share of the members that chose its class; for classifiers
};

// Whether a path names an ensemble's manifest (ensemble.json) and not a model file.
bool is_ensemble(const std::string& path);

// The models of an ensemble's manifest, or the one model of a model file. With `scoring` they are
// loaded for evaluation, else for prediction. Error(no_input); Error(bad_data) also when the
// members' inputs or outputs differ.
std::vector<TrainedModel> load_ensemble(const std::string& path,
                                        const std::optional<Scoring>& scoring);

// The combined outputs (outputs, rows) for a block of rows of the data set. Error(usage) for a vote
// of models that do not classify.
AlignedVector<Real> predict_rows(std::span<const TrainedModel> members, Combine combine,
                                 const data::Dataset& dataset, data::Block block);

// Collective. The loss and metrics of the combined outputs on every row of the data set, which the
// ranks share out in blocks; the same score on every rank. Throws mpi::CollectiveError.
nn::BatchScore evaluate_together(const mpi::Communicator& world,
                                 std::span<const TrainedModel> members, Combine combine,
                                 const data::Dataset& dataset);

}  // namespace tusk::training
