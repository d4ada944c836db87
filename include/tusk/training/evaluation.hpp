// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/data/batches.hpp"
#include "tusk/data/sample_source.hpp"
#include "tusk/nn/model.hpp"
#include "tusk/nn/score.hpp"

namespace tusk::training {

// Loss and metrics of a model on some samples, in slices of about a millisecond, so that
// rank 0 can turn to its workers between them. Dropout is off.
class Evaluation {
 public:
  // Both references must outlive the object.
  Evaluation(const nn::Model& model, const data::SampleSource& samples, std::size_t threads = 1);

  // Begins anew with a copy of `weights`.
  void start(std::span<const float> weights);

  // Scores one slice. Returns whether there are more.
  bool advance();

  // Of the rows so far; all of them once advance() has returned false.
  const nn::BatchScore& score() const { return score_; }

 private:
  const nn::Model& model_;
  data::Batches batches_;
  nn::Workspace workspace_;
  AlignedVector<float> weights_;
  nn::BatchScore score_;
};

// The batch that takes about a millisecond on one core: between 16 and 256 rows.
std::size_t slice_rows(const nn::Model& model);

}  // namespace tusk::training
