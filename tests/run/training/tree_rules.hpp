// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "experiment/strategy_options.hpp"

// Rules for tests of trees of centers: one of each kind that goes in nodes, and as many between
// their relays, to be taken in pairs.
namespace tusk::test {

inline const std::vector<StrategyOptions> rules_of_nodes{
    DownpourOptions{.communication_window = 3},
    AdagOptions{.communication_window = 4},
    DynsgdOptions{.communication_window = 3},
    ExperimentalOptions{.communication_window = 3},
    AsyncLocalSgdOptions{.communication_window = 3},
    DelayedNesterovOptions{.communication_window = 3},
    GemOptions{.communication_window = 3},
    AeasgdOptions{.communication_window = 4}};

inline const std::vector<StrategyOptions> rules_of_relays{
    DilocoOptions{.outer_learning_rate = 1.0, .outer_momentum = 0.5},
    AveragingOptions{},
    EasgdOptions{},
    AsyncLocalSgdOptions{},
    DelayedNesterovOptions{.outer_learning_rate = 0.5, .outer_momentum = 0.5},
    AeasgdOptions{},
    DynsgdOptions{},
    DownpourOptions{}};

}  // namespace tusk::test
