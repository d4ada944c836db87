// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace tusk {

// The [checkpoint] table.
struct CheckpointOptions {
  std::string every =
      "15m";             // "90s", "15m", "2h", "500 steps", "1 epoch", "never" (core/units.hpp)
  std::size_t keep = 2;  // how many checkpoints there are at most

  friend bool operator==(const CheckpointOptions&, const CheckpointOptions&) = default;
};

}  // namespace tusk
