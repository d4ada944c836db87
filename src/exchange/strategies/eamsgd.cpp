// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "exchange/strategies/elastic.hpp"
#include "exchange/strategies/moving_rate.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

void fail_without_nesterov() {
  fail(ExitCode::bad_experiment,
       "trainer 'eamsgd' needs Nesterov's momentum: optimizer.name = \"sgd\" with "
       "optimizer.momentum above 0 and optimizer.nesterov = true");
}

// Asynchronous elastic averaging with Nesterov's momentum (Zhang et al., NIPS 2015, algorithm 2):
// v ← δv − η g(x + δv), x ← x + v − E, E = α(x − θ). The optimizer's weights are y = x + δv, so
// that E = α(y − δv − θ).
std::unique_ptr<Strategy> make(const EamsgdOptions& options, const Surroundings& with) {
  if (with.velocity.empty()) fail_without_nesterov();
  return std::make_unique<Elastic>(
      *with.center, options.communication_window,
      moving_rate(options.moving_rate, with.learning_rate, with.workers),
      Lead{.velocity = with.velocity, .momentum = static_cast<float>(with.momentum)});
}

}  // namespace tusk::strategies
