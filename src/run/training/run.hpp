// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "run/coordinator/coordinator.hpp"
#include "run/records/manifest.hpp"
#include "run/records/run_directory.hpp"
#include "run/records/summary.hpp"
#include "run/training/assembly.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::center {
class ControlBoard;
}

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

struct RunOptions {
  std::filesystem::path run_directory;
  bool overwrite = false;
  bool quiet = false;  // no progress line
};

// What rank 0 holds when the workers are done; empty on the other ranks.
struct Outcome {
  AlignedVector<float> weights{};  // the model
  std::uint64_t updates = 0;       // commits to the center, or sums among peers

  // What Run::begin() has made, to be asked what it has seen. The board through which it gave
  // orders may be gone.
  std::unique_ptr<coordinator::Coordinator> coordinator{};
};

// The frame of every run, real or simulated, around what its workers do: the run directory and what
// is written there before and after. Between construction and end() the caller lets the workers
// train (topologies.hpp, simulation::train()); where rank 0 can coordinate them, it calls begin().
class Run {
 public:
  // Collective. Warns of settings that work badly and makes the run directory. `assembly` and
  // `world` must outlive the object. Throws mpi::CollectiveError.
  Run(const Assembly& assembly, const RunOptions& options, const mpi::Communicator& world);

  const Assembly& assembly() const { return assembly_; }
  const mpi::Communicator& world() const { return world_; }

  // On rank 0: writes experiment.toml and manifest.json and makes the coordinator, with history.h5
  // and metrics.jsonl. `center`: how it is served to others, if it is; `snapshot` copies the model,
  // `board` takes orders to the workers. Not collective. Error(cannot_create, io_error).
  std::unique_ptr<coordinator::Coordinator> begin(std::optional<records::ServedCenter> center,
                                                  coordinator::Coordinator::Snapshot snapshot,
                                                  center::ControlBoard& board) const;

  // Collective. Writes model.h5, tests the model and writes summary.json. The summary is complete
  // on rank 0. Throws mpi::CollectiveError.
  records::Summary end(Outcome outcome) const;

 private:
  const Assembly& assembly_;
  const mpi::Communicator& world_;
  bool quiet_;
  std::size_t threads_;  // of a worker, and of the coordinator when it validates
  std::vector<std::string> hosts_;
  std::optional<records::RunDirectory> directory_;  // on rank 0
};

}  // namespace tusk::training
