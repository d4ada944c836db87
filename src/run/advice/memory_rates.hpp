// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tusk::advice {

// How fast exchanges with a center in this node's memory are, in bytes a second that they read and
// write: of one worker by itself, and of as many as there are cores, together.
struct MemoryRates {
  double one = 0.0;
  double all = 0.0;
  std::size_t at_once = 1;  // workers that were measured together
};

// Measures them, each for some hundredths of a second: threads that do what workers on the
// transport `shared` do, on a center of so many parameters, each for as many workers in turn as
// come to a core, so that caches hold what they would. All vectors together have a gigabyte at
// most: there are fewer workers otherwise, or parameters. On as many cores as the node lets this
// process have, whatever it is bound to. Not collective.
// std::bad_alloc, std::system_error if the memory or the threads cannot be had.
MemoryRates measure_memory(std::size_t parameters, std::size_t workers);

}  // namespace tusk::advice
