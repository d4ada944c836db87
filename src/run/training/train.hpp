// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiment/experiment.hpp"
#include "run/records/summary.hpp"
#include "run/training/run.hpp"
#include "tusk/extensions.hpp"

namespace tusk::mpi {
class Communicator;
}

// From an experiment to a finished run. What `tusk train` does, in order:
//
//   1. train() has an ensemble trained by ensemble.hpp, whose members each go through 2 to 4 on one
//      rank (members.hpp); everything else goes through them once, on all ranks.
//   2. assemble() (assembly.hpp) makes what this rank needs: roles says who does what, data_files
//      opens the files, load_data reads samples.
//   3. Run (run.hpp) is the frame: the run directory, and what is written before and after.
//   4. Within it, one of the functions of topologies.hpp makes rank 0's coordinator and the
//      workers (make_worker.hpp) and lets them train.
//
// run/simulation does 2 to 4 with virtual workers in the place of make_worker's.
namespace tusk::training {

// Collective. Trains the experiment with all ranks of `world` and writes the run directory. The
// summary is complete on rank 0. A model file that the experiment goes on from may have objects of
// `extensions`. Throws mpi::CollectiveError for whatever is wrong before the workers start and
// after they end; an Error of one rank's own while they train freely.
records::Summary train(const Experiment& experiment, const RunOptions& options,
                       const mpi::Communicator& world, const Extensions& extensions);

// Collective. Trains what has been assembled; train() calls it, and Members for each member. Not
// for the assembly of a simulation, which simulation::train() takes. `origin`, `signals`: Run's.
records::Summary train_assembly(const Assembly& assembly, const RunOptions& options,
                                const mpi::Communicator& world,
                                std::unique_ptr<checkpoint::Origin> origin = nullptr,
                                std::unique_ptr<checkpoint::Signals> signals = nullptr);

}  // namespace tusk::training
