// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

namespace tusk {

// Elements of the vectors a and b in turns, from their element `first` on: as many as one has.
template <std::size_t first, typename Vector, std::size_t... i>
Vector interleave(Vector a, Vector b, std::index_sequence<i...>) {
  return __builtin_shufflevector(a, b, static_cast<int>(i % 2 * sizeof...(i) + first + i / 2)...);
}

}  // namespace tusk
