// SPDX-License-Identifier: Apache-2.0
#include "net/optim/make_optimizer.hpp"

#include <cmath>
#include <type_traits>
#include <variant>

#include "net/optim/kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::optim {

void require_in(const char* key, double value, double low, double high) {
  if (value >= low && value <= high) return;
  fail(ExitCode::bad_experiment, "optimizer.{} must be between {} and {}, but is {}", key, low,
       high, value);
}

void require_decay(const char* key, double value) {
  if (value >= 0.0 && value < 1.0) return;
  fail(ExitCode::bad_experiment, "optimizer.{} must be at least 0 and below 1, but is {}", key,
       value);
}

void require_not_negative(const char* key, double value) {
  if (value >= 0.0 && std::isfinite(value)) return;
  fail(ExitCode::bad_experiment, "optimizer.{} must be at least 0, but is {}", key, value);
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const std::size_t> array_sizes) {
  require_not_negative("learning_rate", options.learning_rate);
  require_not_negative("weight_decay", options.weight_decay);
  int clips = 0;
  const auto check_clip = [&](const char* key, const std::optional<double>& limit) {
    if (!limit) return;
    ++clips;
    if (!(*limit > 0.0)) {
      fail(ExitCode::bad_experiment, "optimizer.{} must be above 0, but is {}", key, *limit);
    }
  };
  check_clip("clipnorm", options.clipnorm);
  check_clip("global_clipnorm", options.global_clipnorm);
  check_clip("clipvalue", options.clipvalue);
  if (clips > 1) {
    fail(ExitCode::bad_experiment,
         "only one of optimizer.clipnorm, optimizer.global_clipnorm and optimizer.clipvalue may be "
         "given");
  }
  const CommonOptions common{.array_sizes = array_sizes,
                             .learning_rate = options.learning_rate,
                             .weight_decay = options.weight_decay,
                             .clipnorm = options.clipnorm,
                             .global_clipnorm = options.global_clipnorm,
                             .clipvalue = options.clipvalue};
  return std::visit(
      [&]<typename Kind>(const Kind& kind) {
        if constexpr (std::is_same_v<Kind, UserOptimizer>) {
          return kind.kind->make(kind.options, common);
        } else {
          return make(kind, common);
        }
      },
      options.kind);
}

}  // namespace tusk::optim
