// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "experiment/experiment.hpp"
#include "run/records/summary.hpp"
#include "run/training/job.hpp"
#include "run/training/run_roles.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Virtual workers in one process, instead of one a rank (room simulation).
struct VirtualWorkers {
  std::size_t count = 1;
  // Runs them to the end. job.shard holds all training rows.
  std::function<Outcome(const Experiment& experiment, const Job& job,
                        const MakeCoordinator& make_coordinator)>
      run;
};

struct TrainRequest {
  std::filesystem::path run_directory;
  bool overwrite = false;
  bool quiet = false;                               // no progress line
  std::optional<VirtualWorkers> virtual_workers{};  // for a world of one rank
};

// Collective. Trains the experiment with all ranks of `world` and writes the run directory. The
// summary is complete on rank 0. Throws mpi::CollectiveError for whatever is wrong before the
// workers start and after they end; an Error of one rank's own while they train freely.
records::Summary train(const Experiment& experiment, const TrainRequest& request,
                       const mpi::Communicator& world);

// Collective. The same for a job that has been prepared, which is not an ensemble's.
records::Summary train_job(const Experiment& experiment, const TrainRequest& request,
                           const Job& job, const mpi::Communicator& world);

}  // namespace tusk::training
