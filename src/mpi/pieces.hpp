// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

namespace tusk::mpi {

// Cuts a long vector into pieces of at most `most` elements, because MPI counts in `int`, and calls
// work(first, count) for one after the other.
template <typename Work>
void in_pieces(std::size_t elements, std::size_t most, const Work& work) {
  for (std::size_t first = 0; first < elements; first += most) {
    work(first, static_cast<int>(std::min(most, elements - first)));
  }
}

}  // namespace tusk::mpi
