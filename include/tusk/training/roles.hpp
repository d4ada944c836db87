// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "tusk/strategies/registry.hpp"

namespace tusk::training {

// Who does what in a job.
//   sequential        rank 0 trains, the others wait
//   parameter_server  rank 0 serves, rank r is worker r − 1; a single rank is server and worker in
//                     one
//   peers             rank r is worker r
//   independent       each rank by itself, in jobs of one rank (ensemble.hpp)
// Rank 0 always coordinates: reports, validation, the run directory.
struct Roles {
  std::size_t workers = 1;
  std::optional<std::size_t> worker;  // this rank's index among the workers, if it is one
  bool in_process = true;             // server and worker are one process
};

Roles assign_roles(strategies::Topology topology, int rank, int ranks);

}  // namespace tusk::training
