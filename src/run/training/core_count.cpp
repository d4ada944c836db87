// SPDX-License-Identifier: Apache-2.0
#include "run/training/core_count.hpp"

#include <sched.h>

#include <cstdint>
#include <span>
#include <vector>

#include "core/log.hpp"
#include "mpi/communicator.hpp"

namespace tusk::training {
namespace {

// The cores that this process may run on; none if it computes nothing.
cpu_set_t own_cores(std::size_t threads) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (threads > 0) sched_getaffinity(0, sizeof cores, &cores);
  return cores;
}

// Collective over a node's ranks. The number of their threads that have no core, on the first rank;
// 0 on the others.
std::uint64_t threads_without_core(std::size_t threads, const mpi::Communicator& node) {
  const std::vector<std::uint64_t> mine{threads};
  const cpu_set_t cores = own_cores(threads);
  std::uint64_t all_threads = 0;
  for (const auto& one : node.gather(std::span<const std::uint64_t>(mine), 0)) {
    all_threads += one.front();
  }
  cpu_set_t all_cores;
  CPU_ZERO(&all_cores);
  for (const auto& one : node.gather(std::span<const cpu_set_t>(&cores, 1), 0)) {
    CPU_OR(&all_cores, &all_cores, &one.front());
  }
  const auto count = static_cast<std::uint64_t>(CPU_COUNT(&all_cores));
  return all_threads > count ? all_threads - count : 0;
}

}  // namespace

void warn_of_few_cores(std::size_t threads, const mpi::Communicator& world) {
  const std::uint64_t most = world.max(std::uint64_t{threads});
  if (most <= 1) return;
  const std::uint64_t excess = world.max(threads_without_core(threads, world.split_by_node()));
  if (excess == 0 || world.rank() != 0) return;
  warning(
      "trainer.threads = {}: on a node the workers have {} more thread{} than cores that they may "
      "run on; start fewer ranks, or bind each to {} cores (mpirun --map-by slot:PE={})",
      most, excess, excess == 1 ? "" : "s", most, most);
}

}  // namespace tusk::training
