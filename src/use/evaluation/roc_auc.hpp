// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "tusk/real.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::evaluation {

// Collective. The area under the ROC curve of the scores of all ranks, the same on each: the share
// of the pairs of a positive and a negative sample in which the positive one has the larger score,
// pairs of equal scores counted half (Mann & Whitney, 1947). Nothing if there are no positives or
// no negatives. No score is NaN.
//
// Exact: the pairs are counted in integers, which is enough for 6·10⁹ samples. The negatives of
// every rank visit every other one: 4 bytes for each pass through a rank. Memory: its own scores,
// and the negatives of two ranks.
std::optional<double> roc_auc(const mpi::Communicator& world, std::vector<Real> positives,
                              std::vector<Real> negatives);

// A score, and how much its sample counts.
struct WeightedScore {
  Real score = 0;
  double weight = 0.0;
};

// Collective. The same with weights, of which none is NaN:
//   Σ w₊ w₋ [s₊ > s₋, half if equal] / (Σ w₊ Σ w₋),
// over the pairs of a positive and a negative sample: the area that the trapezoidal rule finds
// under the weighted curve, with negative weights, too, where the curve goes back and forth.
// Nothing unless Σ w₊ and Σ w₋ are above 0. Sums have the digits of PreciseSum. Memory: 16 bytes a
// score.
std::optional<double> weighted_roc_auc(const mpi::Communicator& world,
                                       std::vector<WeightedScore> positives,
                                       std::vector<WeightedScore> negatives);

}  // namespace tusk::evaluation
