// SPDX-License-Identifier: Apache-2.0
#include "run/training/roles.hpp"

#include <algorithm>

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/relay/groups.hpp"
#include "run/training/tree_ranks.hpp"
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

Roles find_roles(const Experiment& experiment, const mpi::Communicator& world) {
  if (experiment.server.topology == ServerTopology::tree && world.size() > 1) {
    const TreeRanks tree(world, experiment.server.ranks_per_node);
    if (tree.node().count > 1) return tree.roles();
  }
  return mpi::collectively(world, [&] {
    return assign_roles(strategies::topology(experiment.trainer.strategy), experiment.server.shards,
                        world.rank(), world.size());
  });
}

std::vector<std::uint64_t> nodes_of_ranks(const Roles& roles) {
  return roles.node ? roles.node->of_ranks : std::vector<std::uint64_t>{};
}

std::vector<records::NodePlace> node_places(const Experiment& experiment, const Roles& roles) {
  std::vector<records::NodePlace> places;
  if (roles.node) {
    std::size_t first = 0;
    for (std::uint64_t node = 0; node < roles.node->count; ++node) {
      const auto ranks = std::ranges::count(roles.node->of_ranks, node);
      places.push_back({.first = first, .workers = static_cast<std::size_t>(ranks) - 1});
      first += places.back().workers;
    }
    return places;
  }
  const std::optional<std::size_t> ranks = experiment.server.ranks_per_node;
  if (!roles.simulated || experiment.server.topology == ServerTopology::flat || !ranks) return {};
  const relay::Groups groups(roles.workers, *ranks - 1);
  for (std::size_t group = 0; groups.count() > 1 && group < groups.count(); ++group) {
    places.push_back({.first = groups.first(group), .workers = groups.size(group)});
  }
  return places;
}

CenterSizes center_sizes(const Experiment& experiment, const Roles& roles) {
  if (experiment.server.topology == ServerTopology::flat) return {.workers = roles.workers};
  if (roles.node) return {.workers = roles.node->workers, .centers = roles.node->count};
  const std::optional<std::size_t> ranks = experiment.server.ranks_per_node;
  if (roles.simulated && ranks) {
    const relay::Groups groups(roles.workers, *ranks - 1);
    return {.workers = groups.size(0), .centers = groups.count()};
  }
  if (roles.in_process) return {.workers = ranks.value_or(2) - 1, .centers = 2};
  return {.workers = roles.workers};
}

}  // namespace tusk::training
