// SPDX-License-Identifier: Apache-2.0
// Two rules of Liu et al., "Asynchronous Local-SGD training for language modeling",
// arXiv:2401.09135, 2024. Workers that commit in turn move the center by γ times the mean of their
// changes d = x − x₀, however many they are:
//
//   async_local_sgd    θ += (γ/n) d;   x = x₀ = θ
//   delayed_nesterov   the same, and with every D-th commit, in the same operation,
//                      v ← μv + mean of the last D changes;   θ += γμv
//
// The second is the paper's algorithm of delayed Nesterov momentum with c = 0. The mean is taken
// from what the center has moved since its last step of momentum, n(θ − θ_kept)/(γD), so that all
// other commits cost what any change costs.
#include "exchange/strategies/downpour.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {
namespace {

constexpr double default_rate = 1.5;
constexpr double default_rate_with_overlap = 0.75;  // changes arrive a window later

// What a change is divided by, so that γ/n of it is added.
float divisor_of(double rate, std::size_t workers) {
  return static_cast<float>(static_cast<double>(workers) / rate);
}

Downpour::Divisor always(float divisor) {
  return [divisor](const Window&) { return divisor; };
}

}  // namespace

std::unique_ptr<Strategy> make(const AsyncLocalSgdOptions& options, const Surroundings& with) {
  const double rate =
      options.outer_learning_rate.value_or(with.overlap ? default_rate_with_overlap : default_rate);
  return std::make_unique<Downpour>(with, options.communication_window,
                                    always(divisor_of(rate, with.workers)), Downpour::Weight{});
}

std::unique_ptr<Strategy> make(const DelayedNesterovOptions& options, const Surroundings& with) {
  const std::size_t delay = options.delay.value_or(with.workers);
  const float divisor = divisor_of(options.outer_learning_rate, with.workers);
  const center::OuterMomentum momentum{
      .every = delay,
      .momentum = static_cast<float>(options.outer_momentum),
      .learning_rate = static_cast<float>(options.outer_learning_rate),
      .mean = divisor / static_cast<float>(delay)};
  return std::make_unique<Downpour>(
      with, options.communication_window, always(divisor),
      [momentum](const Window&, bool) -> Downpour::Change { return {.momentum = momentum}; });
}

}  // namespace tusk::strategies
