// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "experiment/experiment.hpp"
#include "run/training/data_files.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Ranks may be started with different programs, options and files (mpirun's `:`, or hosts that each
// have their own copies). They would train with each other to no sense, so at the start each
// compares with rank 0. Both are collective, and throw an mpi::CollectiveError that names the first
// rank that differs, its host, and what differs.

// The program's version, the run directory, and the experiment but for paths of data and for
// trainer.threads, which may differ. Error(internal) for the program, Error(bad_experiment).
void require_same_experiment(const Experiment& experiment,
                             const std::filesystem::path& run_directory,
                             const mpi::Communicator& world);

// The data files by size, the checksum that `convert` has stored, and one of some of their bytes,
// wherever they lie. Error(bad_data).
void require_same_data(const DataFiles& files, const mpi::Communicator& world);

}  // namespace tusk::training
