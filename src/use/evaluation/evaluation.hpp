// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/score.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/sample_source.hpp"
#include "net/graph/model.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::evaluation {

// Loss and metrics of a model on some samples, computed in slices of about a millisecond: rank 0
// validates with it and serves its workers between two slices. Dropout is off.
class Evaluation {
 public:
  // Both references must outlive the object.
  Evaluation(const graph::Model& model, const samples::SampleSource& samples,
             std::size_t threads = 1);

  // Begins anew with a copy of `weights`.
  void start(std::span<const float> weights);

  // Scores one slice. Returns whether there are more.
  bool advance();

  // The score of the rows so far: of all rows once advance() has returned false.
  const BatchScore& score() const { return score_; }

 private:
  const graph::Model& model_;
  samples::Batches batches_;
  graph::Workspace workspace_;
  AlignedVector<float> weights_;
  BatchScore score_;
};

// The batch that takes about a millisecond on one core: between 16 and 256 rows.
std::size_t slice_rows(const graph::Model& model);

}  // namespace tusk::evaluation
