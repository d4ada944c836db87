// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/roles.hpp"

namespace tusk::training {

Roles assign_roles(strategies::Topology topology, int rank, int ranks) {
  const auto index = static_cast<std::size_t>(rank);
  if (topology == strategies::Topology::sequential || ranks == 1) {
    return {.workers = 1, .worker = rank == 0 ? std::optional(index) : std::nullopt};
  }
  if (topology == strategies::Topology::peers) {
    return {.workers = static_cast<std::size_t>(ranks), .worker = index, .in_process = false};
  }
  return {.workers = static_cast<std::size_t>(ranks) - 1,
          .worker = rank > 0 ? std::optional(index - 1) : std::nullopt,
          .in_process = false};
}

}  // namespace tusk::training
