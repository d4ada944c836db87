// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tusk/experiment/trainer_options.hpp"
#include "tusk/strategies/strategy.hpp"

namespace tusk::center {
class CenterVariable;
}

namespace tusk::strategies {

// Where the model lives and who computes.
enum class Topology {
  sequential,        // one process; its weights are the model
  parameter_server,  // rank 0 serves the center, the other ranks are workers; the center is the
                     // model
};

Topology topology(const StrategyOptions& options);

// The strategy that `options` name, for one worker. `center` must outlive it; sequential strategies
// leave it alone. The only place that knows every strategy.
std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        center::CenterVariable& center);

}  // namespace tusk::strategies
