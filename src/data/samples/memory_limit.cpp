// SPDX-License-Identifier: Apache-2.0
#include "data/samples/memory_limit.hpp"

#include "core/node_memory.hpp"
#include "mpi/communicator.hpp"

namespace tusk::samples {

std::uint64_t memory_limit(const DataOptions& options, const mpi::Communicator& world) {
  if (options.memory_limit) return options.memory_limit->bytes;
  constexpr std::uint64_t unit = 1ULL << 20;
  const auto ranks = static_cast<std::uint64_t>(world.split_by_node().size());
  return world.min(node_memory_bytes() / 2 / ranks / unit * unit);
}

}  // namespace tusk::samples
