// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/registry.hpp"

#include <variant>

#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        const Surroundings& surroundings) {
  return std::visit([&](const auto& strategy) { return make(strategy, surroundings); }, options);
}

}  // namespace tusk::strategies
