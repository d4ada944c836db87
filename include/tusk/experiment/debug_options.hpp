// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace tusk {

// Makes one worker slow: after every step it sleeps (factor − 1) times as long as the step took.
struct SlowOptions {
  std::size_t worker = 0;  // its index, from 0
  double factor = 1.0;

  friend bool operator==(const SlowOptions&, const SlowOptions&) = default;
};

// The [debug] table: for experiments on the training itself.
struct DebugOptions {
  std::optional<SlowOptions> slow;

  friend bool operator==(const DebugOptions&, const DebugOptions&) = default;
};

}  // namespace tusk
