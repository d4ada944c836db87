// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/moving_rate.hpp"

#include <string>

#include "core/log.hpp"
#include "tusk/error.hpp"

namespace tusk::strategies {
namespace {

struct MovingRate {
  double alpha;
  std::string origin;
};

MovingRate compute(const MovingRateOptions& options, double learning_rate, std::size_t workers) {
  if (options.alpha) return {*options.alpha, "trainer.alpha"};
  if (options.rho) {
    return {*options.rho * learning_rate,
            fmt::format("trainer.rho · optimizer.learning_rate = {} · {}", *options.rho,
                        learning_rate)};
  }
  return {options.beta / static_cast<double>(workers),
          fmt::format("trainer.beta / workers = {} / {}", options.beta, workers)};
}

}  // namespace

double moving_rate(const MovingRateOptions& options, double learning_rate, std::size_t workers) {
  const auto [alpha, origin] = compute(options, learning_rate, workers);
  if (!(alpha > 0.0 && alpha < 1.0)) {
    fail(ExitCode::bad_experiment,
         "the moving rate must lie between 0 and 1, but {} is {:.4g}; trainer.alpha sets it",
         origin, alpha);
  }
  return alpha;
}

void check_moving_rate(const MovingRateOptions& options, const RuleSetting& setting) {
  moving_rate(options, setting.learning_rate, setting.workers);
}

void warn_of_moving_rate(const MovingRateOptions& options, const RuleSetting& setting) {
  const std::size_t workers = setting.workers;
  const double alpha = moving_rate(options, setting.learning_rate, workers);
  const double beta = alpha * static_cast<double>(workers);
  if (beta > 1.0) {
    warning(
        "the moving rate {:.4g} of {} workers adds up to {:.4g}: above 1 the center can "
        "overshoot the workers; trainer.beta = 0.9 sets it for any number of workers",
        alpha, workers, beta);
  }
  if (workers == 1 && !options.alpha && !options.rho) {
    warning(
        "the moving rate of the only worker is {:.4g}, which holds it close to the center; "
        "trainer.alpha = 0.05 leaves it free to explore",
        alpha);
  }
}

}  // namespace tusk::strategies
