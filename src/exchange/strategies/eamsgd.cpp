// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/elastic.hpp"
#include "exchange/strategies/moving_rate.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

// Asynchronous elastic averaging with Nesterov's momentum (Zhang et al., NIPS 2015, algorithm 2):
// v ← δv − η g(x + δv), x ← x + v − E, E = α(x − θ). The optimizer's weights are y = x + δv, so
// that E = α(y − δv − θ).
std::unique_ptr<Strategy> make(const EamsgdOptions& options, const Surroundings& with) {
  return std::make_unique<Elastic>(
      *with.center, options.communication_window,
      moving_rate(options.moving_rate, with.learning_rate, with.workers),
      Lead{.velocity = with.velocity, .momentum = static_cast<float>(with.momentum)});
}

void check(const EamsgdOptions& options, const RuleSetting& setting) {
  check_moving_rate(options.moving_rate, setting);
}

void warn(const EamsgdOptions& options, const RuleSetting& setting) {
  warn_of_moving_rate(options.moving_rate, setting);
}

}  // namespace tusk::strategies
