// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/shard_groups.hpp"

#include "mpi/collectively.hpp"

namespace tusk::center {

ShardGroups::ShardGroups(const mpi::Communicator& all, std::size_t shards)
    : all_(all), groups_(shards) {
  const auto self = static_cast<std::size_t>(all.rank());
  for (std::size_t shard = 0; shard < shards; ++shard) {
    const bool member = self == shard || self >= shards;
    mpi::Communicator part = all.split(member ? 1 : 0, all.rank());
    if (member) groups_[shard].emplace(std::move(part));
  }
}

void ShardGroups::in_turn(const Work& work) const {
  for (std::size_t shard = 0; shard < shards(); ++shard) {
    std::optional<mpi::CollectiveError> failure;
    try {
      if (groups_[shard]) work(*groups_[shard], shard);
    } catch (const mpi::CollectiveError& error) {
      failure = error;
    }
    mpi::collectively(all_, [&] {
      if (failure) throw mpi::CollectiveError(*failure);
    });
  }
}

mpi::Communicator ShardGroups::servers() const {
  const bool serves = static_cast<std::size_t>(all_.rank()) < shards();
  return all_.split(serves ? 1 : 0, all_.rank());
}

}  // namespace tusk::center
