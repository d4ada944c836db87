// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/experiment.hpp"
#include "run/records/summary.hpp"
#include "run/training/run.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Collective. Trains the experiment with all ranks of `world` and writes the run directory. The
// summary is complete on rank 0. Throws mpi::CollectiveError for whatever is wrong before the
// workers start and after they end; an Error of one rank's own while they train freely.
records::Summary train(const Experiment& experiment, const RunOptions& options,
                       const mpi::Communicator& world);

// Collective. The same for an assembly, which is neither an ensemble's nor a simulation's.
records::Summary train_assembly(const Assembly& assembly, const RunOptions& options,
                                const mpi::Communicator& world);

}  // namespace tusk::training
