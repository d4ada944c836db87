// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "mpi/communicator.hpp"

namespace tusk::center {

// For each shard of the center a group of ranks with a communicator of its own, on which a
// transport opens the shard: the shard's server, which is rank 0 there, and all workers, in their
// order. Shard s's server is rank s; the workers are the ranks from S on. make_center makes the
// groups.
class ShardGroups {
 public:
  // Collective. `all`, which must outlive the object, has more than `shards` ranks.
  ShardGroups(const mpi::Communicator& all, std::size_t shards);

  std::size_t shards() const { return groups_.size(); }

  // Collective. Does something collective in each group in turn. A CollectiveError in one of them
  // is thrown on every rank, and the groups after it do nothing.
  using Work = std::function<void(const mpi::Communicator& group, std::size_t shard)>;
  void in_turn(const Work& work) const;

  // Collective. A communicator of the servers alone, in the order of their shards; what the workers
  // get is of no use.
  mpi::Communicator servers() const;

 private:
  const mpi::Communicator& all_;
  std::vector<std::optional<mpi::Communicator>> groups_;  // by shard; none that this rank is not in
};

}  // namespace tusk::center
