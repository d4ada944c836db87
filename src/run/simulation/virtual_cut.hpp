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
// step (peers) are held at the next window that none has begun. Relays of a tree are held behind an
// exchange. Everything is called in a turn.
class VirtualCut {
 public:
  // Whether a checkpoint is wanted, asked at every gate with the virtual time; and taking one, when
  // all stand.
  using Wanted = std::function<bool(double time_s)>;
  using Take = std::function<void()>;

  // `places`: workers, and behind them relays, as in the scheduler.
  VirtualCut(std::size_t places, bool in_step) : places_(places), in_step_(in_step) {}

  // `asked` is called when one comes to be wanted: others than workers may sleep.
  using Asked = std::function<void(Scheduler::Turn& turn)>;
  void begin(Wanted wanted, Take take, Asked asked);

  // A worker is at the gate of this window. Whether it is held there: it then parks, unless
  // complete() says that it was the last. It is held at a gate once, and passes it then, so that
  // there is a window of its between two checkpoints, however often they are wanted.
  bool holds(std::size_t worker, std::uint64_t window, Scheduler::Turn& turn);

  // Whether a checkpoint is wanted and not taken yet: a relay is then to stand.
  bool asked() const { return asked_; }
  void hold_relay(std::size_t place) { places_[place].held = true; }

  // A worker goes on from a checkpoint, at the gate where it stood.
  void goes_on(std::size_t worker) { places_[worker].passes = true; }

  // A worker waits at its gate for something else: it stands.
  void waits(std::size_t worker, bool waiting) { places_[worker].waiting = waiting; }

  // A worker, or relay, has nothing more to do.
  void finish(std::size_t worker) { places_[worker].finished = true; }

  // Takes the checkpoint if all stand, and wakes those who are held, but for `worker`, whose turn
  // it is. Returns whether it did.
  bool complete(std::size_t worker, Scheduler::Turn& turn);

 private:
  struct Place {
    std::uint64_t window = 0;  // that it has entered or is about to
    bool held = false;
    bool passes = false;  // the gate where it is: it has stood there
    bool waiting = false;
    bool finished = false;
  };

  std::vector<Place> places_;
  bool in_step_;
  Wanted wanted_;
  Take take_;
  Asked tell_;
  bool asked_ = false;
  std::uint64_t from_window_ = 0;
};

}  // namespace tusk::simulation
