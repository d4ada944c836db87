// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/elastic.hpp"
#include "exchange/strategies/moving_rate.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

// Asynchronous elastic averaging with any optimizer: E = α(x − θ). Zhang, Choromanska and LeCun,
// "Deep learning with elastic averaging SGD", NIPS 2015, algorithm 1.
std::unique_ptr<Strategy> make(const AeasgdOptions& options, const Surroundings& with) {
  return std::make_unique<Elastic>(
      *with.center, options.communication_window,
      moving_rate(options.moving_rate, with.learning_rate, with.workers));
}

void check(const AeasgdOptions& options, const RuleSetting& setting) {
  check_moving_rate(options.moving_rate, setting);
}

void warn(const AeasgdOptions& options, const RuleSetting& setting) {
  warn_of_moving_rate(options.moving_rate, setting);
}

}  // namespace tusk::strategies
