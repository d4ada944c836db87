// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace tusk {

// What the main thread of this process is doing, as others may be told (mpi/watch.hpp).
enum class Activity : std::uint32_t {
  other,       // nothing that is watched
  waiting,     // for others, as long as it takes
  reading,     // the next mini-batch
  computing,   // a step
  exchanging,  // with the center or peers
  serving,     // rank 0's loop
};

struct ActivityNotes {
  std::atomic<Activity> activity{Activity::other};
  std::atomic<std::uint64_t> step{0};
  std::atomic<std::uint64_t> notes{0};  // how many there have been
};

// Where they are: in this process, until others are to read them in memory that they share.
inline ActivityNotes*& activity_notes_place() {
  static constinit ActivityNotes notes;
  static constinit ActivityNotes* place = &notes;
  return place;
}

inline ActivityNotes& activity_notes() { return *activity_notes_place(); }

// Notes what begins now: three stores. `step`: of this worker, from 1.
inline void note_activity(Activity activity, std::uint64_t step = 0) {
  constexpr auto relaxed = std::memory_order_relaxed;
  ActivityNotes& notes = activity_notes();
  notes.activity.store(activity, relaxed);
  notes.step.store(step, relaxed);
  notes.notes.store(notes.notes.load(relaxed) + 1, relaxed);
}

}  // namespace tusk
