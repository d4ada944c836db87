// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/score.hpp"
#include "data/transforms/transforms.hpp"
#include "net/graph/model.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/loss.hpp"
#include "tusk/matrix.hpp"
#include "tusk/targets.hpp"
#include "use/evaluation/trained_model.hpp"

namespace tusk::evaluation {

// How the members of an ensemble make one prediction.
enum class Combine {
  mean,  // the mean of their outputs
  vote,  // each output is the share of the members that chose its class; for classifiers
};

// Everything that is needed to compute with a model that someone else owns.
struct ModelView {
  const graph::Model* model = nullptr;
  std::span<const float> weights;
  const transforms::ArrayTransforms* transforms = nullptr;
};
std::vector<ModelView> views_of(std::span<const TrainedModel> members);

// The outputs of one model, or of an ensemble's members combined, batch by batch. Members have the
// same inputs and outputs, but each has transforms of its own, and so its own view of a sample.
// A batch allocates nothing.
class CombinedOutputs {
 public:
  // What the views show must outlive the object.
  CombinedOutputs(std::vector<ModelView> members, Combine combine, std::size_t max_batch);

  const std::vector<ModelView>& members() const { return members_; }
  std::size_t max_batch() const { return max_batch_; }

  // What has been done to the labels of an output, as the first member learns them; null: nothing.
  const transforms::Transforms* label_transforms(std::size_t output) const {
    return members_.front().transforms->front().of_label(output);
  }

  // Whether the score is of labels as they are in the file, although members transform them.
  bool scores_undone() const { return members_.size() > 1; }

  // The outputs, each (outputs, batch), for a batch that member i sees as inputs[i], a matrix
  // (features, batch) of each input, with transforms of labels undone before they are combined.
  // Valid until the next call.
  using Inputs = std::span<const ConstMatrix>;
  std::span<const ConstMatrix> predict(std::span<const Inputs> inputs);

  // The same, and the score of the outputs: for one model as graph::Model::evaluate, of what it
  // learns, transformed labels; for an ensemble, whose members may have learned to transform them
  // each in its way, that of the combined outputs, so that targets are as in the file. Targets of
  // each output, or one for all.
  std::span<const ConstMatrix> evaluate(std::span<const Inputs> inputs,
                                        std::span<const Targets> targets, BatchScore& score);

 private:
  std::span<const ConstMatrix> undone(std::size_t member, std::span<const ConstMatrix> outputs);

  std::vector<ModelView> members_;
  Combine combine_;
  std::size_t max_batch_;
  std::vector<graph::Workspace> workspaces_;
  // An output each: with a member's transforms of labels undone; the sum of an ensemble's members,
  // and its loss.
  std::vector<AlignedVector<Real>> undone_;
  std::vector<ConstMatrix> views_;
  std::vector<AlignedVector<Real>> sums_;
  std::vector<ConstMatrix> combined_;
  std::vector<std::unique_ptr<graph::Loss>> made_losses_;
  std::vector<const graph::Loss*> losses_;
};

}  // namespace tusk::evaluation
