// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/loss.hpp"
#include "tusk/matrix.hpp"
#include "tusk/targets.hpp"

namespace tusk::graph {

// What weights of samples are to a loss, as Keras 3 has it: that of a batch of B samples with
// losses l and weights w is Σ w l / B, so that weights of 2 move the network twice as far. Nothing
// here allocates, and without weights nothing here computes.

// Σ w l over the batch's samples, of outputs (outputs, batch); Σ l, as the loss itself sums it, if
// the targets have no weights.
double weighted_sum(const Loss& loss, ConstMatrix outputs, const Targets& targets);

// Σ w over `samples` samples, each 1 if the targets have no weights.
double sum_of_weights(const Targets& targets, std::size_t samples);

// Makes of the gradient of the mean loss dy = ∂(Σ l / B)/∂y that of the weighted one: each sample's
// column times its weight.
void weigh_gradient(const Targets& targets, Matrix dy);

}  // namespace tusk::graph
