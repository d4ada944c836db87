// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace tusk {

// Makes a worker slow: after every step it sleeps (factor − 1) times as long as the step took.
struct SlowOptions {
  std::optional<std::size_t> worker;  // its index, from 0; none: every worker
  double factor = 1.0;

  friend bool operator==(const SlowOptions&, const SlowOptions&) = default;
};

// The [debug] table: for experiments on the training itself.
struct DebugOptions {
  std::optional<SlowOptions> slow;

  // How many times longer a worker's steps take.
  double slowness(std::size_t worker) const {
    return slow && slow->worker.value_or(worker) == worker ? slow->factor : 1.0;
  }

  friend bool operator==(const DebugOptions&, const DebugOptions&) = default;
};

}  // namespace tusk
