// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/error.hpp"

namespace tusk::center {

// Every vector that is exchanged has the center's size.
inline void require_size(std::size_t elements, std::size_t size) {
  if (elements == size) return;
  fail(ExitCode::internal, "a vector of {} elements, but the center has {}", elements, size);
}

}  // namespace tusk::center
