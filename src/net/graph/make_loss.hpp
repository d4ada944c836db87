// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiment/model_options.hpp"
#include "tusk/loss.hpp"

namespace tusk::graph {

// The loss that an experiment or a model file asks for. A cross-entropy takes the outputs for
// probabilities and clips them to [1e-7, 1 − 1e-7]; its of_logits() clips nothing, nor does it with
// details.from_logits, when it takes no activation over.
std::unique_ptr<Loss> make_loss(const LossOptions& options, const LossDetails& details);

}  // namespace tusk::graph
