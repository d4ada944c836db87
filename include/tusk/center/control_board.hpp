// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tusk::center {

// 64-bit cells that live beside the center and that every rank can read and change atomically.
// Fixed cells first; then one clock a worker.
enum class Cell : std::size_t {
  stop = 0,                 // 0: train on; otherwise a StopReason of the training room
  next_partition = 1,       // the next partition to be claimed
  learning_rate_scale = 2,  // a double's bits; 1.0 at the start
  checkpoint = 3,           // counts requests for a checkpoint
  first_clock = 4,          // clock of worker 0; worker w's is first_clock + w
};

class ControlBoard {
 public:
  virtual ~ControlBoard() = default;

  virtual std::int64_t load(Cell cell) = 0;
  virtual void store(Cell cell, std::int64_t value) = 0;
  virtual std::int64_t fetch_add(Cell cell, std::int64_t value) = 0;  // returns the value before

  // Worker w's number of completed windows; all clocks at once (for bounded staleness).
  virtual std::int64_t clock(std::size_t worker) = 0;
  virtual void set_clock(std::size_t worker, std::int64_t windows) = 0;
  virtual std::vector<std::int64_t> clocks() = 0;
};

// The clock of a worker that has finished and holds nobody back any more.
inline constexpr std::int64_t finished_clock = INT64_MAX;

}  // namespace tusk::center
