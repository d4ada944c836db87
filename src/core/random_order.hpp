// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "tusk/random.hpp"

namespace tusk {

// Puts the values in random order, every order equally likely:
//   R. Durstenfeld, "Algorithm 235: Random permutation", CACM 7 (1964)
template <typename T>
void put_in_random_order(std::vector<T>& values, Random& random) {
  for (std::size_t left = values.size(); left > 1; --left) {
    std::swap(values[left - 1], values[random.below(left)]);
  }
}

}  // namespace tusk
