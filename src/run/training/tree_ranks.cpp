// SPDX-License-Identifier: Apache-2.0
#include "run/training/tree_ranks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "mpi/collectively.hpp"
#include "mpi/environment.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

mpi::Communicator ranks_of_node(const mpi::Communicator& world,
                                std::optional<std::size_t> ranks_per_node) {
  mpi::Communicator machine = world.split_by_node();
  if (!ranks_per_node) return machine;
  return machine.split(machine.rank() / static_cast<int>(*ranks_per_node), machine.rank());
}

}  // namespace

TreeRanks::TreeRanks(const mpi::Communicator& world, std::optional<std::size_t> ranks_per_node)
    : ranks_(ranks_of_node(world, ranks_per_node)), relays_(world.split(is_relay() ? 0 : 1, 0)) {
  mpi::collectively(world, [&] {
    if (ranks_.size() > 1) return;
    fail(ExitCode::bad_experiment,
         "server.topology = \"tree\": rank {} on {} would be the relay of a node without workers; "
         "{}",
         world.rank(), mpi::host_name(),
         ranks_per_node ? fmt::format("the ranks of a machine must be a multiple of "
                                      "server.ranks_per_node = {}, or leave two and more",
                                      *ranks_per_node)
                        : "start two ranks and more on each");
  });
  auto own = static_cast<std::uint64_t>(relays_.rank());  // of the relay
  ranks_.broadcast(std::as_writable_bytes(std::span(&own, 1)), 0);
  for (const auto& of_rank : world.all_gather(std::span<const std::uint64_t>(&own, 1))) {
    node_.of_ranks.push_back(of_rank.front());
  }
  node_.count = std::ranges::max(node_.of_ranks) + 1;
  node_.workers = static_cast<std::size_t>(ranks_.size()) - 1;
  const auto before = std::ranges::count_if(node_.of_ranks, [&](auto node) { return node < own; });
  node_.first = static_cast<std::size_t>(before) - own;  // each node has a relay
}

Roles TreeRanks::roles() const {
  Roles roles{.workers = node_.of_ranks.size() - node_.count, .in_process = false, .node = node_};
  if (!is_relay()) roles.worker = node_.first + static_cast<std::size_t>(ranks_.rank()) - 1;
  return roles;
}

}  // namespace tusk::training
