// SPDX-License-Identifier: Apache-2.0
#include "run/training/tree_ranks.hpp"

#include <fmt/format.h>

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
  // Every relay tells its node how many nodes there are, and which numbers its workers have.
  if (is_relay()) {
    const auto own = static_cast<std::uint64_t>(ranks_.size()) - 1;
    const auto all = relays_.all_gather(std::span<const std::uint64_t>(&own, 1));
    node_.count = all.size();
    for (std::size_t node = 0; node < all.size(); ++node) {
      if (node < static_cast<std::size_t>(relays_.rank())) node_.first += all[node].front();
      workers_ += all[node].front();
    }
  }
  ranks_.broadcast(std::as_writable_bytes(std::span(&node_, 1)), 0);
  ranks_.broadcast(std::as_writable_bytes(std::span(&workers_, 1)), 0);
  node_.workers = static_cast<std::size_t>(ranks_.size()) - 1;
}

Roles TreeRanks::roles() const {
  Roles roles{.workers = workers_, .in_process = false, .node = node_};
  if (!is_relay()) roles.worker = node_.first + static_cast<std::size_t>(ranks_.rank()) - 1;
  return roles;
}

}  // namespace tusk::training
