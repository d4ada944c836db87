// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "run/simulation/scheduler.hpp"

namespace tusk::simulation {

// How virtual workers stand still together for a checkpoint: from when one is wanted, each is held
// at its next gate until the last has come, and then all go on at the last one's time. Workers in
// step (peers) are held at the next window that none has begun. Everything is called in a turn.
class VirtualCut {
 public:
  // Whether a checkpoint is wanted, asked at every gate with the virtual time; and taking one, when
  // all stand.
  using Wanted = std::function<bool(double time_s)>;
  using Take = std::function<void()>;

  VirtualCut(std::size_t workers, bool in_step) : places_(workers), in_step_(in_step) {}

  void begin(Wanted wanted, Take take);

  // A worker is at the gate of this window. Whether it is held there: it then parks, unless
  // complete() says that it was the last.
  bool holds(std::size_t worker, std::uint64_t window, Scheduler::Turn& turn);

  // A worker waits at its gate for something else: it stands.
  void waits(std::size_t worker, bool waiting) { places_[worker].waiting = waiting; }

  // A worker has nothing more to do.
  void finish(std::size_t worker) { places_[worker].finished = true; }

  // Takes the checkpoint if all stand, and wakes those who are held, but for `worker`, whose turn
  // it is. Returns whether it did.
  bool complete(std::size_t worker, Scheduler::Turn& turn);

 private:
  struct Place {
    std::uint64_t window = 0;  // that it has entered or is about to
    bool held = false;
    bool waiting = false;
    bool finished = false;
  };

  std::vector<Place> places_;
  bool in_step_;
  Wanted wanted_;
  Take take_;
  bool asked_ = false;
  std::uint64_t from_window_ = 0;
};

}  // namespace tusk::simulation
