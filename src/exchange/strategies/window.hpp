// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "experiment/trainer_options.hpp"

namespace tusk::strategies {

// How many steps lie between two exchanges of a rule with a center. For what is said of an
// experiment before or after it runs; a worker asks its Strategy. Nothing of a user's rule that
// cannot be made without its network.
std::optional<std::size_t> window_of(const TrainerOptions& trainer);

// A window that can be advised: the first of 1, 2, 5, 10, 20, … steps that does(window), or the
// longest.
constexpr std::size_t longest_window = 1'000'000;
template <typename Does>
std::size_t first_round_window(const Does& does) {
  for (std::size_t decade = 1; decade < longest_window; decade *= 10) {
    for (const std::size_t digit : {1, 2, 5}) {
      if (does(digit * decade)) return digit * decade;
    }
  }
  return longest_window;
}

}  // namespace tusk::strategies
