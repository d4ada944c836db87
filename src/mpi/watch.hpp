// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <thread>

#include "core/activity.hpp"

namespace tusk::mpi {

class Communicator;
class LastWord;

// Notices ranks that end without a word, stand still or are stuck, whatever the job is doing. A
// thread in each rank wakes once a second, tells in memory that the ranks of its node share that
// its process lives and what its main thread does (core/activity.hpp), and looks at the next rank's
// such signs; the last watches the first. So it names
//
//   a rank that has ended, killed or crashed: at once, before the job's launcher ends the others;
//   a rank whose process gives no sign of life for `warning_s`: stopped, or its host is;
//   its own main thread, if that reads, computes, exchanges or serves, and has not come on for
//   `warning_s`, unless a rank of the node is named, for which it may wait.
//
// After `abort_s` of the two latter the job ends with ExitCode::stalled. A host that is gone as a
// whole has nobody left to name it; the launcher notices that (docs/going-on.md). Where MPI shares
// no memory, or a node has one rank, only the last of the three is watched. The thread calls
// nothing of MPI, but to end the job.
class Watch {
 public:
  // Collective, as is the object's end. `last_word` must outlive it.
  Watch(const Communicator& world, LastWord& last_word);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // For the process's one Watch, from now on; none: never. 60 s and never at first.
  static void set_limits(std::optional<double> warning_s, std::optional<double> abort_s);

 private:
  using Clock = std::chrono::steady_clock;
  struct Slot;

  // Since when something has not changed, and whether that was said.
  struct Standstill {
    std::uint64_t value = 0;
    Clock::time_point since = Clock::now();
    bool said = false;

    // Returns for how long `now` is the value, in seconds.
    double look(std::uint64_t now);
  };

  void run();
  void look_at_self();
  void look_at_next();
  void next_has_ended();
  template <typename Say>
  void judge(Standstill& still, double seconds, const Say& say);

  LastWord& last_word_;
  int rank_;
  std::span<Slot> slots_;  // of the node's ranks
  Slot* own_ = nullptr;
  Slot* next_ = nullptr;   // null: there is none
  int next_process_ = -1;  // a descriptor of it (pidfd)
  int wake_ = -1;          // an eventfd: the object ends
  Standstill self_;
  Standstill others_;
  std::thread thread_;
};

}  // namespace tusk::mpi
