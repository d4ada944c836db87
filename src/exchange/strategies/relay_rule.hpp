// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "experiment/optimizer_options.hpp"
#include "experiment/relay_options.hpp"
#include "experiment/server_options.hpp"
#include "experiment/trainer_options.hpp"

namespace tusk::strategies {

// What the relays of a tree exchange by: what the experiment says, else elastic averaging where the
// workers send positions, and DiLoCo with the rates 1 and 0.5 where they send changes.
RelayOptions relay_rule(const std::optional<RelayOptions>& relay, const StrategyOptions& workers);

// Error(bad_experiment) if workers cannot train by the trainer's rule in a tree of centers, or
// relays cannot exchange by theirs; also if there is a [relay] without a tree. Not collective.
void check_tree(const TrainerOptions& trainer, const ServerOptions& server,
                const std::optional<RelayOptions>& relay);

// check_strategy() and warn_of_strategy() of the rule of so many relays.
void check_relays(const RelayOptions& relay, const OptimizerOptions& optimizer, std::size_t relays);
void warn_of_relays(const RelayOptions& relay, const OptimizerOptions& optimizer,
                    std::size_t relays);

}  // namespace tusk::strategies
