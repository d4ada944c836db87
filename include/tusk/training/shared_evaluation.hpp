// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tusk/data/dataset.hpp"
#include "tusk/nn/score.hpp"
#include "tusk/training/class_tally.hpp"
#include "tusk/training/combined_outputs.hpp"
#include "tusk/training/regression_report.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Collective. The ranks' scores added up, the same on every rank.
nn::BatchScore sum_over_ranks(const mpi::Communicator& world, const nn::BatchScore& mine);

// Evaluations share a data set's rows out over the ranks in blocks of whole batches, of which sums
// are added up in the order of the rows: every number is the same, to the bit, on every rank and
// for any number of ranks. Memory does not grow with the data, but for ClassTally's scores.

// Collective. The loss and metrics of a model, or of the members of an ensemble, on every row of
// the data set. Throws mpi::CollectiveError.
nn::BatchScore evaluate_together(const mpi::Communicator& world,
                                 const std::vector<ModelView>& members, Combine combine,
                                 const data::Dataset& dataset);

// What is known of a model's quality on a data set.
struct FullEvaluation {
  nn::BatchScore score;
  std::optional<ClassEvaluation> classes;      // if the outputs are of classes
  std::string classes_left_out;                // why it is not there all the same
  std::optional<RegressionReport> regression;  // if the loss is not a cross-entropy
};

// Collective. The same, and everything else that can be said. Throws mpi::CollectiveError.
// `classifies`: the outputs are of classes; `top_k` as ClassTally takes it.
FullEvaluation evaluate_fully(const mpi::Communicator& world, const std::vector<ModelView>& members,
                              Combine combine, const data::Dataset& dataset, bool classifies,
                              const std::vector<std::size_t>& top_k);

}  // namespace tusk::training
