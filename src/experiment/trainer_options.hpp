// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "experiment/strategy_options.hpp"
#include "tusk/rule_traits.hpp"

namespace tusk {

// The [trainer] table: `name` selects the strategy, whose options stand beside the common ones.
struct TrainerOptions {
  StrategyOptions strategy;
  std::size_t epochs = 1;
  std::size_t batch_size = 32;
  std::optional<Consistency> consistency;    // none given: the strongest that the transport offers
  bool keep_optimizer_state = true;          // whether momentum and moments survive a pull
  std::optional<std::size_t> max_staleness;  // s: how many windows a worker may be ahead
  std::size_t parallelism_factor = 1;  // f > 1: workers claim f·n partitions an epoch as they can
  bool overlap = false;                // whether an exchange runs beside the next window's steps
  std::size_t threads = 1;             // that one worker computes with

  friend bool operator==(const TrainerOptions&, const TrainerOptions&) = default;
};

// The consistency to ask the transport for: the one that the rule is about, else the user's wish.
inline std::optional<Consistency> wanted_consistency(const TrainerOptions& options) {
  const std::optional<Consistency>& required = traits(options.strategy).consistency;
  return required ? required : options.consistency;
}

}  // namespace tusk
