// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "exchange/strategies/registry.hpp"

namespace tusk::training {

// Who does what in a job.
//   sequential        rank 0 trains, the others wait
//   parameter_server  ranks 0 to S − 1 serve a shard of the center each (S is mostly 1), rank r is
//                     worker r − S; a single rank is server and worker in one
//   peers             rank r is worker r
//   independent       each rank by itself, in jobs of one rank (ensemble.hpp)
// In a simulation all workers are virtual ones of a single rank.
// Rank 0 always coordinates: reports, validation, the run directory.
struct Roles {
  std::size_t workers = 1;
  std::optional<std::size_t> worker;  // this rank's index among the workers, if it is one
  bool in_process = true;             // server and worker are one process
  bool simulated = false;             // all workers are virtual ones in this process
};

// `shards` is S. Error(bad_experiment) if ranks that serve leave none to work.
Roles assign_roles(strategies::Topology topology, std::size_t shards, int rank, int ranks);

// Throws that error for a single rank, too. train() calls it; `tusk check` does not, since a single
// rank may check an experiment that it cannot train.
void require_worker(std::size_t shards, int ranks);

}  // namespace tusk::training
