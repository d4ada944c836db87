// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/downpour.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

// θ += (x − x₀)/(τ + 1), τ the commits by others since the pull, known exactly at the commit. Jiang
// et al., "Heterogeneity-aware distributed parameter servers", SIGMOD 2017.
std::unique_ptr<Strategy> make(const DynsgdOptions& options, const Surroundings& with) {
  const center::Scaling by_staleness{.rule = center::Scaling::Rule::staleness};
  return std::make_unique<Downpour>(with, options.communication_window, whole_delta, by_staleness);
}

}  // namespace tusk::strategies
