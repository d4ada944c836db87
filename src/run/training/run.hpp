// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/reserved_space.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/signals.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/records/history_file.hpp"
#include "run/records/manifest.hpp"
#include "run/records/run_directory.hpp"
#include "run/records/summary.hpp"
#include "run/training/assembly.hpp"
#include "run/training/dealt_rows.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/state.hpp"

namespace tusk::center {
class ControlBoard;
}

namespace tusk::mpi {
class Communicator;
}

namespace tusk::checkpoint {
class Checkpointer;
}  // namespace tusk::checkpoint

namespace tusk::formats {
struct ModelContent;
}

namespace tusk::training {

struct RunOptions {
  std::filesystem::path run_directory;
  bool overwrite = false;
  bool quiet = false;  // no progress line
  bool checkpoints = true;

  // What an earlier run in the directory means: "auto", "never", or a checkpoint to go on from
  // (checkpoint/origin.hpp).
  std::string resume = "auto";
  // When the run is to have stopped, to go on later.
  std::optional<std::chrono::steady_clock::time_point> stop_by{};
  std::string like{};  // checkpoint::Facts::like
};

// What rank 0 holds when the workers are done; empty on the other ranks.
struct Outcome {
  AlignedVector<float> weights{};                      // the model
  std::optional<formats::OptimizerState> optimizer{};  // of these weights, if there is one
  std::uint64_t updates = 0;                           // commits to the center, or sums among peers

  // What Run::begin() has made, to be asked what it has seen. The board through which it gave
  // orders may be gone.
  std::unique_ptr<coordinator::Coordinator> coordinator{};

  // On the relays of a tree: those of their nodes, to be closed.
  std::vector<records::HistoryFile> node_histories{};
};

// The frame of every run, real or simulated, around what its workers do: the run directory and what
// is written there before and after. Between construction and end() the caller lets the workers
// train (topologies.hpp, simulation::train()); where rank 0 can coordinate them, it calls begin().
class Run {
 public:
  // Collective. Warns of settings that work badly, makes the run directory and keeps room for the
  // model on its disk. `assembly` and `world` must outlive the object. Throws mpi::CollectiveError.
  // `origin`: the checkpoint that the run goes on from, if it does. `signals`: those that are
  // noted already; none: from here on.
  Run(const Assembly& assembly, const RunOptions& options, const mpi::Communicator& world,
      std::unique_ptr<checkpoint::Origin> origin = nullptr,
      std::unique_ptr<checkpoint::Signals> signals = nullptr);
  ~Run();

  const Assembly& assembly() const { return assembly_; }
  const mpi::Communicator& world() const { return world_; }

  // On rank 0: writes experiment.toml and manifest.json and makes the coordinator, with history.h5
  // and metrics.jsonl. `center`: how it is served to others, if it is; `snapshot` copies the model,
  // `board` takes orders to the workers. Not collective. Error(cannot_create, io_error).
  std::unique_ptr<coordinator::Coordinator> begin(std::optional<records::ServedCenter> center,
                                                  coordinator::Coordinator::Snapshot snapshot,
                                                  center::ControlBoard& board) const;

  // In a tree of several nodes: the number of the first one's history among those of the run
  // directory, and one of them, opened by its node's relay. Error(cannot_create).
  std::uint64_t first_node_file() const;
  records::HistoryFile open_node_history(std::uint64_t file) const;

  // What the run goes on from, on every rank; null if it begins.
  checkpoint::Origin* origin() const { return origin_.get(); }

  // What is left of epochs that had begun with another number of workers; null if that has not
  // changed, or they are over.
  const DealtRows* dealt() const { return dealt_.get(); }

  // The weights that a center begins with, on rank 0: the checkpoint's or the model's.
  std::span<const float> initial_center() const;

  // And what it keeps of an outer momentum (CenterServer::momentum) if the rule has one.
  AlignedVector<float> initial_momentum() const;

  // On rank 0; null if the run has no checkpoints.
  checkpoint::Checkpointer* checkpointer() const { return checkpointer_.get(); }
  std::filesystem::path checkpoint_folder() const;                // that is being written
  bool takes_checkpoints() const { return signals_ != nullptr; }  // on every rank

  // The run cannot have checkpoints; says why. For a run in one process.
  void without_checkpoints(const std::string& reason) const;

  // Collective. Asks every rank whether its worker or relay can be kept, as `keep` does it; if one
  // cannot, the run has no checkpoints, and says so.
  void check_keeping(const State::Keep& keep) const;

  // Collective. Writes model.h5 and what else output.formats names, tests the model and writes
  // summary.json. The summary is complete on rank 0. Throws mpi::CollectiveError. If the run has
  // stopped to go on later, the summary says so, and nothing is written.
  records::Summary end(Outcome outcome) const;

 private:
  // On rank 0. Nothing is trained where there is no room for what comes of it: Error(io_error).
  void keep_room_for_model();
  // On rank 0, at the end. What was trained comes first. Error(io_error) that says what is lost.
  void save_model(const Outcome& outcome) const;
  void export_model(ModelFormat format, const formats::ModelContent& content) const;
  void close_logs(Outcome& outcome) const;

  // The rest is run_checkpoints.cpp's.
  void open_directory(const RunOptions& options);  // on rank 0
  // Collective. Ends what is being written; the summary says so if the run goes on later.
  void end_checkpoints(const Outcome& outcome, records::Summary& summary) const;

  const Assembly& assembly_;
  const mpi::Communicator& world_;
  bool quiet_;
  std::filesystem::path run_directory_;
  std::size_t threads_;  // of a worker, and of the coordinator when it validates
  std::vector<std::string> hosts_;
  std::optional<records::RunDirectory> directory_;  // on rank 0
  mutable std::optional<ReservedSpace> room_;       // on rank 0: for model.h5
  std::unique_ptr<checkpoint::Origin> origin_;
  std::unique_ptr<const DealtRows> dealt_;
  mutable std::unique_ptr<checkpoint::Signals> signals_;
  std::unique_ptr<checkpoint::Checkpointer> checkpointer_;  // on rank 0
};

}  // namespace tusk::training
