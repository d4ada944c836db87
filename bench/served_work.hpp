// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/center/make_center.hpp"
#include "mpi/communicator.hpp"
#include "mpi/polite_wait.hpp"
#include "timing.hpp"

namespace tusk::bench {

// Waits for all ranks; rank 0 serves meanwhile.
inline void wait_for_all(const mpi::Communicator& world, const center::Center& center) {
  auto all = world.ibarrier();
  mpi::progress_until([&] { return all.test(); },
                      [&] { return center.server && center.server->progress(); });
}

// Seconds that `work` takes all workers at once, the mean over them, divided by its `repetitions`.
template <typename Work>
double mean_over_workers_s(const mpi::Communicator& world, const center::Center& center,
                           int repetitions, Work work) {
  wait_for_all(world, center);
  double mean_s = 0.0;
  if (center.worker) {
    const double start_s = now_s();
    work();
    mean_s = (now_s() - start_s) / repetitions;
  }
  wait_for_all(world, center);
  world.sum(std::span(&mean_s, 1));
  return mean_s / (world.size() - 1);
}

}  // namespace tusk::bench
