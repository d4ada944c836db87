// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "tusk/named.hpp"

namespace tusk {

// What layers over space or time have in common: convolutions and pooling.

// A number for each spatial axis, or one for all of them: 3 or [3, 5]. The layer knows how many
// axes there are.
struct PerAxis {
  std::vector<std::size_t> values;

  std::size_t operator[](std::size_t axis) const {
    return values.size() == 1 ? values.front() : values.at(axis);
  }

  friend bool operator==(const PerAxis&, const PerAxis&) = default;
};

// What is beyond the edges. `valid`: nothing, so that the output is smaller. `same`: zeros, or
// nothing for pooling, so that the output is as large as the input, by the stride; half of them
// before, and the odd one after.
enum class Padding { valid, same };

// `causal`: zeros before, as many as keep a step from seeing those after it.
enum class TimePadding { valid, same, causal };

constexpr auto names_of(Padding) {
  return std::to_array<Named<Padding>>({{"valid", Padding::valid}, {"same", Padding::same}});
}

constexpr auto names_of(TimePadding) {
  return std::to_array<Named<TimePadding>>({{"valid", TimePadding::valid},
                                            {"same", TimePadding::same},
                                            {"causal", TimePadding::causal}});
}

}  // namespace tusk
