// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "exchange/strategies/rules.hpp"
#include "experiment/strategy_options.hpp"

namespace tusk::strategies {

// α of the elastic rules: as given, or ρ · η, or β/n. Error(bad_experiment) outside of (0, 1).
double moving_rate(const MovingRateOptions& options, double learning_rate, std::size_t workers);

// What check() and warn() of the elastic rules do. warn_of_moving_rate() warns of an α with which
// the center can overshoot, and of the default for a lone worker.
void check_moving_rate(const MovingRateOptions& options, const RuleSetting& setting);
void warn_of_moving_rate(const MovingRateOptions& options, const RuleSetting& setting);

}  // namespace tusk::strategies
