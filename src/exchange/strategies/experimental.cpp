// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/downpour.hpp"
#include "exchange/strategies/rules.hpp"
#include "tusk/error.hpp"

namespace tusk::strategies {

// θ += d ⊙ (x − x₀)/m with d = 1/((θ − x₀)²/η + 1), θ as it is at the commit: what others have
// moved since the pull is moved less. dist-keras's Experimental; ADAG in Hermans's thesis (2017).
std::unique_ptr<Strategy> make(const ExperimentalOptions& options, const Surroundings& with) {
  const center::Scaling by_proximity{.rule = center::Scaling::Rule::proximity,
                                     .learning_rate = static_cast<float>(with.learning_rate)};
  return std::make_unique<Downpour>(with, options.communication_window, mean_over_steps,
                                    [by_proximity](const Window&, bool) -> Downpour::Change {
                                      return {.scaling = by_proximity};
                                    });
}

void check(const ExperimentalOptions& /*options*/, const RuleSetting& setting) {
  if (setting.learning_rate > 0.0) return;
  fail(ExitCode::bad_experiment,
       "trainer 'experimental' divides by optimizer.learning_rate, which has to be above 0");
}

}  // namespace tusk::strategies
