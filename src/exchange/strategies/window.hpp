// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "experiment/trainer_options.hpp"

namespace tusk::strategies {

// How many steps lie between two exchanges of a rule with a center, a user's rule, too. For what
// is said of an experiment before or after it runs; a worker asks its Strategy.
std::size_t window_of(const TrainerOptions& trainer);

}  // namespace tusk::strategies
