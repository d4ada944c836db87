// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tusk/loss.hpp"
#include "tusk/real.hpp"

namespace tusk::graph {

// The registry of losses, as Keras 3 defines them: one line for each, whose definition is its
// source file.
std::unique_ptr<Loss> make_categorical_crossentropy(double label_smoothing, bool from_logits);
std::unique_ptr<Loss> make_binary_crossentropy(double label_smoothing, bool from_logits);
std::unique_ptr<Loss> make_mse();
std::unique_ptr<Loss> make_mae();
std::unique_ptr<Loss> make_huber(double delta);

// What the cross-entropies clip probabilities with: Keras's epsilon.
constexpr Real clip_epsilon{1e-7};

}  // namespace tusk::graph
