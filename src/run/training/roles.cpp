// SPDX-License-Identifier: Apache-2.0
#include "run/training/roles.hpp"

#include "tusk/error.hpp"

namespace tusk::training {

Roles assign_roles(strategies::Topology topology, std::size_t shards, int rank, int ranks) {
  const auto index = static_cast<std::size_t>(rank);
  if (topology == strategies::Topology::sequential || ranks == 1) {
    return {.workers = 1, .worker = rank == 0 ? std::optional(index) : std::nullopt};
  }
  if (topology == strategies::Topology::peers) {
    return {.workers = static_cast<std::size_t>(ranks), .worker = index, .in_process = false};
  }
  require_worker(shards, ranks);
  return {.workers = static_cast<std::size_t>(ranks) - shards,
          .worker = index >= shards ? std::optional(index - shards) : std::nullopt,
          .in_process = false};
}

void require_worker(std::size_t shards, int ranks) {
  if (shards == 1 || static_cast<std::size_t>(ranks) > shards) return;
  fail(ExitCode::bad_experiment,
       "server.shards = {} needs at least {} ranks, {} servers and a worker, but the job has {}",
       shards, shards + 1, shards, ranks);
}

}  // namespace tusk::training
