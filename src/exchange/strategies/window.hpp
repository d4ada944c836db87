// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "experiment/trainer_options.hpp"

namespace tusk::strategies {

// How many steps lie between two exchanges of a rule with a center. For what is said of an
// experiment before or after it runs; a worker asks its Strategy. Nothing of a user's rule that
// cannot be made without its network.
std::optional<std::size_t> window_of(const TrainerOptions& trainer);

}  // namespace tusk::strategies
