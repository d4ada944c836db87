// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/aligned_vector.hpp"
#include "experiment/experiment.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/training/job.hpp"

namespace tusk::center {
class ControlBoard;
}

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// What rank 0 holds when the workers are done.
struct Outcome {
  AlignedVector<float> weights;  // the model
  std::uint64_t updates = 0;     // commits to the center, or sums among peers
};

// Makes rank 0's coordinator once it is known how to copy the model, through which board to give
// orders and how the model is served ("none" without a server).
using MakeCoordinator = std::function<coordinator::Coordinator&(
    coordinator::Coordinator::Snapshot snapshot, center::ControlBoard& board,
    const std::string& transport, const std::string& consistency)>;

// Server and worker in one process, without messages: rank 0's form of every trainer when it is
// alone.
Outcome run_in_process(const Experiment& experiment, const Job& job,
                       const MakeCoordinator& make_coordinator);

// Collective. Rank 0 serves, and the first ranks after it do if the center has several shards; the
// others work. The outcome is rank 0's; the others' is empty.
Outcome run_with_server(const Experiment& experiment, const Job& job,
                        const mpi::Communicator& world, const MakeCoordinator& make_coordinator);

// Collective. Every rank works, rank 0 coordinates as well. The outcome is rank 0's.
Outcome run_with_peers(const Experiment& experiment, const Job& job, const mpi::Communicator& world,
                       const MakeCoordinator& make_coordinator);

}  // namespace tusk::training
