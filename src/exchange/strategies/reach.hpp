// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "experiment/trainer_options.hpp"

namespace tusk::strategies {

// How far a window's steps may go, at most, of a rule with an outer learning rate: the share h of
// the way to the optimum of a quadratic f(x) = x²/2 below which the rule converges to it, with so
// many equal workers that commit in turn; 1 if it does even where a window arrives. For plain SGD
// of rate η on curvature λ a window of k steps goes h = 1 − (1 − ηλ)ᵏ.
//
// The rule itself is run, on one number, with its options, momentum, delay and overlap as they are
// set, and h is bisected to a thousandth. Takes a millisecond a worker or two. Nothing for rules
// without an outer learning rate. Called by `tusk check`; not collective.
std::optional<double> largest_share(const TrainerOptions& trainer, std::size_t workers);

}  // namespace tusk::strategies
