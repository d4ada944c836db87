// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/matrix.hpp"
#include "core/targets.hpp"
#include "experiment/model_options.hpp"

namespace tusk::graph {

// How labels of one number a sample, [N], are to be read.
enum class LabelKind {
  classes,  // indices of classes: Targets::classes
  values,   // numbers to be met, 0 or 1 for binary_crossentropy: Targets::values of one row
};
LabelKind label_kind(LossKind loss);  // classes for categorical_crossentropy alone

// A loss, as Keras 3 defines it: a number a sample, whose mean over the batch is minimized. Losses
// that go with an activation (softmax, sigmoid) take it over, because only the two together have a
// form that is stable at any input: then `outputs` are what would go into the activation (logits)
// and `predictions` what comes out. Otherwise the two are the same matrix.
class Loss {
 public:
  virtual ~Loss() = default;

  // Σ over the batch's samples. Error(bad_data) for a class that the outputs do not have.
  virtual double sum(ConstMatrix outputs, const Targets& targets) const = 0;

  // dy = the gradient of the batch's mean loss with respect to the outputs.
  virtual void gradient(ConstMatrix outputs, ConstMatrix predictions, const Targets& targets,
                        Matrix dy) const = 0;
};

// The activation that a loss takes over if the model ends in it; linear: none.
Activation fusible_activation(LossKind loss);

// `fused`: the model ended in fusible_activation(kind), and the loss takes it over. A cross-entropy
// that is not fused takes the outputs for probabilities and clips them to [1e-7, 1 − 1e-7].
std::unique_ptr<Loss> make_loss(LossKind kind, bool fused, double huber_delta);

}  // namespace tusk::graph
