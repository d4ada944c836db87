// SPDX-License-Identifier: Apache-2.0
#include "tusk/strategies/registry.hpp"

#include <variant>

#include "tusk/strategies/downpour.hpp"
#include "tusk/strategies/single.hpp"

namespace tusk::strategies {
namespace {

struct Maker {
  const Surroundings& with;

  std::unique_ptr<Strategy> operator()(const SingleOptions& /*options*/) const {
    return std::make_unique<Single>();
  }
  std::unique_ptr<Strategy> operator()(const DownpourOptions& options) const {
    return std::make_unique<Downpour>(*with.center, options.communication_window, whole_delta);
  }
  std::unique_ptr<Strategy> operator()(const AdagOptions& options) const {
    return std::make_unique<Downpour>(*with.center, options.communication_window, mean_over_steps);
  }
};

}  // namespace

Topology topology(const StrategyOptions& options) {
  return std::holds_alternative<SingleOptions>(options) ? Topology::sequential
                                                        : Topology::parameter_server;
}

std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        const Surroundings& surroundings) {
  return std::visit(Maker{surroundings}, options);
}

}  // namespace tusk::strategies
