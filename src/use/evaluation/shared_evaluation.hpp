// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/score.hpp"
#include "data/datasets/dataset.hpp"
#include "use/evaluation/class_tally.hpp"
#include "use/evaluation/combined_outputs.hpp"
#include "use/evaluation/regression_report.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::evaluation {

// Collective. The ranks' scores added up, the same on every rank.
BatchScore sum_over_ranks(const mpi::Communicator& world, const BatchScore& mine);

// Evaluations share a data set's rows out over the ranks in blocks of whole batches, of which sums
// are added up in the order of the rows: every number is the same, to the bit, on every rank and
// for any number of ranks. Memory does not grow with the data, but for ClassTally's scores.

// Collective. The loss and metrics of a model, or of the members of an ensemble, on every row of
// the data set. Throws mpi::CollectiveError.
BatchScore evaluate_together(const mpi::Communicator& world, const std::vector<ModelView>& members,
                             Combine combine, const datasets::Dataset& dataset);

// What is asked of an output of a model.
struct OutputQuestion {
  bool classifies = false;              // its numbers are of classes
  std::vector<std::size_t> top_k = {};  // as ClassTally takes it
};

// What is known of the quality of an output.
struct OutputReport {
  std::optional<ClassEvaluation> classes{};      // if it is of classes
  std::string classes_left_out{};                // why it is not there all the same
  std::optional<RegressionReport> regression{};  // if its loss is not a cross-entropy
};

// What is known of a model's quality on a data set.
struct FullEvaluation {
  BatchScore score{};
  std::vector<OutputReport> outputs{};
};

// Collective. The same, and everything else that can be said, a question an output. Throws
// mpi::CollectiveError. Where the data set has weights for an output, rows count by them in
// everything but BatchScore's metrics that are not weighted; it is an error if they are not finite
// or all 0, and a warning if some are negative.
FullEvaluation evaluate_fully(const mpi::Communicator& world, const std::vector<ModelView>& members,
                              Combine combine, const datasets::Dataset& dataset,
                              const std::vector<OutputQuestion>& questions);

}  // namespace tusk::evaluation
