// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/graph/loss.hpp"

namespace tusk::graph {

// The registry of losses: one line for each, whose definition is its source file.
std::unique_ptr<Loss> make_categorical_crossentropy(bool fused);
std::unique_ptr<Loss> make_binary_crossentropy(bool fused);
std::unique_ptr<Loss> make_mse();
std::unique_ptr<Loss> make_mae();
std::unique_ptr<Loss> make_huber(double delta);

// What the cross-entropies clip probabilities with: Keras's epsilon.
constexpr Real clip_epsilon{1e-7};

}  // namespace tusk::graph
