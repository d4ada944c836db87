// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tusk::center {

// 64-bit cells that live beside the center. Fixed cells first; then one clock a worker.
enum class Cell : std::size_t {
  stop = 0,                 // 0: train on; otherwise a coordinator::StopReason
  learning_rate_scale = 1,  // a double's bits; 1.0 at the start
  ended = 2,                // how many workers have ended
  next_partition = 3,       // the next partition to be claimed
  checkpoint = 4,           // the checkpoint asked for last, a number of its own; the self-test
                            // counts in it
  released = 5,             // the checkpoint after which the workers may go on
  first_clock = 6,          // clock of worker 0; worker w's is first_clock + w
};

// Cell::stop where the run is to go on later, in other processes: a worker leaves everything as it
// is. With any other number than 0 it finishes.
inline constexpr std::int64_t stop_for_later = 2;

// The clock of a worker that has finished and holds nobody back any more.
inline constexpr std::int64_t finished_clock = INT64_MAX;

// What rank 0 asks of every worker, and what the worker is to know of the others; its Gate looks
// once a window.
struct Orders {
  std::int64_t stop = 0;             // Cell::stop; other than 0: train no further
  double learning_rate_scale = 1.0;  // what to multiply the schedule's learning rate with
  std::size_t ended = 0;             // how many workers have ended
  std::uint64_t checkpoint = 0;      // Cell::checkpoint
};

// Every rank's access to the cells: each call is atomic, cell by cell. All begin at 0, the learning
// rate's scale at 1. On `rma` and `message` a worker's call is one round trip to rank 0, so it
// belongs at the exchanges and not in every step. While others use it, a cell is either
// stored to or added to: MPI promises atomicity among operations of one kind. Throws
// Error(internal) when the transport fails.
class ControlBoard {
 public:
  explicit ControlBoard(std::size_t workers) : workers_(workers) {}
  virtual ~ControlBoard() = default;
  ControlBoard(const ControlBoard&) = delete;
  ControlBoard& operator=(const ControlBoard&) = delete;

  std::size_t workers() const { return workers_; }

  virtual void read(Cell first, std::span<std::int64_t> values) = 0;  // cells beside each other
  virtual void store(Cell cell, std::int64_t value) = 0;
  virtual std::int64_t fetch_add(Cell cell, std::int64_t value) = 0;  // returns the value before

  std::int64_t load(Cell cell);

  // Worker w's number of completed windows, for bounded staleness; clocks() reads all at once.
  std::int64_t clock(std::size_t worker) { return load(clock_cell(worker)); }
  void set_clock(std::size_t worker, std::int64_t windows) { store(clock_cell(worker), windows); }
  std::vector<std::int64_t> clocks();

  Orders orders();
  double learning_rate_scale();
  void set_learning_rate_scale(double scale);

 private:
  static Cell clock_cell(std::size_t worker) {
    return static_cast<Cell>(static_cast<std::size_t>(Cell::first_clock) + worker);
  }

  std::size_t workers_;
};

}  // namespace tusk::center
