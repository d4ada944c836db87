// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tusk/activation.hpp"
#include "tusk/matrix.hpp"
#include "tusk/targets.hpp"

namespace tusk::graph {

// What training minimizes: a number a sample, whose mean over the batch is the batch's loss.
// Whoever writes one derives from this class; the model calls it, once a step and once a batch that
// is evaluated. Immutable: threads share it. Nothing allocates.
//
// Weights of samples are the model's concern: where there are any, it calls sum for a sample at a
// time, and multiplies each column of the gradient.
//
// A loss that overrides no more than sum and gradient takes values, one an output, and leaves the
// network as it is.
class Loss {
 public:
  virtual ~Loss() = default;

  // Σ over the batch's samples, of outputs (outputs, batch). Error(bad_data) for a class that the
  // outputs do not have.
  virtual double sum(ConstMatrix outputs, const Targets& targets) const = 0;

  // dy = the gradient of the batch's mean loss with respect to the outputs, all of it written.
  // `predictions` are the outputs, too, but of a loss of logits: what the activation makes of them.
  virtual void gradient(ConstMatrix outputs, ConstMatrix predictions, const Targets& targets,
                        Matrix dy) const = 0;

  // What labels it takes. Targets::classes are set only for LabelKind::classes, whose loss takes
  // Targets::values as well; others get values alone, with a row an output.
  virtual LabelKind labels() const { return LabelKind::values; }

  // Where loss and last activation together have a form that is stable at any input, the loss takes
  // the activation over: if the network ends in takes_over(), of_logits() stands in this loss's
  // place, and its `outputs` are what would have gone into the activation. Linear: there is none.
  virtual Activation takes_over() const { return Activation::linear; }
  virtual std::unique_ptr<Loss> of_logits() const { return nullptr; }
};

}  // namespace tusk::graph
