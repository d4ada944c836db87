// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiment/checkpoint_options.hpp"
#include "run/checkpoint/background.hpp"
#include "run/checkpoint/due.hpp"
#include "run/checkpoint/facts.hpp"
#include "run/checkpoint/folder.hpp"
#include "run/records/summary.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/state.hpp"

// Checkpoints: what a run keeps while it trains, so that it can go on in other processes. In this
// room:
//
//   facts          what a checkpoint says of itself, and the center
//   folder         the checkpoints of a run directory; state_file, a file in one
//   due            when one is to be taken; signals
//   checkpointer   rank 0's writing of one, beside the training (background)
//   local_gate, served_gate with asked_checkpoints and served_checkpoints, peers_gate
//                  how all workers stand still together, for each way to run
//   origin         what a run goes on from, and whether it may; regroup, with former_worker: with
//                  another number of workers
//
// What is kept, each object says itself: State (tusk/state.hpp). Who calls: training::Run makes the
// checkpointer, its topologies the gates; training::train() finds the origin.
namespace tusk::checkpoint {

struct Origin;

// Rank 0's part of a run's checkpoints: begin(), once all workers stand at their gates write(), and
// then poll() until the thread that writes is done and the other ranks have written theirs. Between
// these nobody waits. What goes wrong with the writing is a warning: the last good checkpoint
// stays.
class Checkpointer {
 public:
  struct Setup {
    CheckpointOptions options;
    std::filesystem::path run_directory;
    Facts facts;  // of the run; what changes from one checkpoint to the next is filled in
    // Writes model.h5. Called in a thread.
    std::function<void(const std::string& path, AlignedVector<float> weights)> save_model;
    std::optional<std::chrono::steady_clock::time_point> stop_by;  // as Due
  };

  // Where all stand.
  struct Cut {
    std::uint64_t step = 0;  // of all workers together
    std::uint64_t epochs = 0;
    std::vector<std::uint8_t> finished{};  // by worker
    std::vector<std::uint64_t> steps{};    // by worker
    State::Keep keep;                      // what follows the facts in rank 0's file
    AlignedVector<float> model;
    std::vector<std::uint8_t> parts{};  // by rank: whether it writes one. Rank 0 does

    // How many notices of parts that are written, or failed, will come; as many as there are parts
    // but rank 0's, unless it is said here.
    std::optional<std::size_t> notices{};
  };

  explicit Checkpointer(Setup setup);

  // From here on `every` counts: from nothing, or as in the run that goes on, whose real clock
  // begins anew.
  void begin_run(const Origin* origin);

  // Whether a checkpoint is to be taken now. One that the clock asks for is not while another is
  // being written; the others wait for that, so that their places do not depend on the disk.
  bool wanted(const Progress& now);

  // Why the run is to stop after the checkpoint that was wanted last; empty: it goes on.
  const std::string& stop_reason() const { return stop_reason_; }
  bool stops() const { return !stop_reason_.empty(); }

  // Whether a checkpoint has been written, or tried, with which the run ends.
  bool stopped() const { return stopped_; }

  // There will be no checkpoints.
  void disable() { enabled_ = false; }

  double now_s() const;  // since the object's construction

  // Makes the folder for the next one, after the last is written. Returns its `cut`, and throws
  // what makes it impossible.
  std::uint64_t begin();
  void cancel();  // it is not to be after all
  std::filesystem::path writing() const { return folder_.writing(); }

  // Copies everything (the call takes as long as that) and starts the writing.
  void write(Cut cut);
  void stalled(double seconds);  // so long did the workers stand still for it

  // Another rank's part is on disk, or cannot be; from begin() on.
  void part_written(std::uint64_t cut, std::uint64_t bytes);
  void part_failed(std::uint64_t cut);

  // Carries on what is being written; returns whether it still is.
  bool poll();
  void finish();  // waits until it is not. All parts must be there.

  // The last complete one.
  const std::optional<std::filesystem::path>& last() const { return last_; }
  bool failed() const { return failed_; }  // the last one
  const records::CheckpointCosts& costs() const { return costs_; }

 private:
  enum class Stage { idle, begun, writing, publishing };
  void abandon(const char* reason);
  bool count_part(std::uint64_t cut);

  Setup setup_;
  Folder folder_;
  Due due_;
  std::string stop_reason_;
  bool stopped_ = false;
  bool enabled_ = true;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Stage stage_ = Stage::idle;
  std::uint64_t cut_ = 0;
  std::uint64_t step_ = 0;
  std::size_t missing_ = 0;  // parts of other ranks
  std::size_t early_ = 0;    // of them, that were there before write()
  std::size_t ranks_failed_ = 0;
  double begun_s_ = 0.0;
  bool failed_ = false;
  std::filesystem::path published_;
  std::optional<std::filesystem::path> last_;
  records::CheckpointCosts costs_;
  Background background_;  // last: its thread ends before what it uses
};

}  // namespace tusk::checkpoint
