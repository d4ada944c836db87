// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "tusk/experiment/experiment.hpp"
#include "tusk/training/summary.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

struct TrainRequest {
  std::filesystem::path run_directory;
  bool overwrite = false;
};

// Collective. Trains the experiment with all ranks of `world` and writes the run directory. The
// summary is complete on rank 0. Throws mpi::CollectiveError for whatever is wrong before the
// workers start and after they end; an Error of one rank's own while they train freely.
Summary train(const Experiment& experiment, const TrainRequest& request,
              const mpi::Communicator& world);

}  // namespace tusk::training
