// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "experiment/relay_options.hpp"
#include "tusk/state.hpp"

namespace tusk::relay {

// How far apart a relay's exchanges are: RelayInterval, read. One of the two is there.
struct Interval {
  double commits = 0.0;  // of a worker; 0: by the clock alone
  double seconds = 0.0;

  bool by_commits() const { return commits > 0.0; }
};

Interval interval_of(const RelayInterval& interval);

// When relays with a synchronous rule meet: S seconds after the last meeting began. S is either
// given or follows from what the meeting tells: how many commits the whole tree has made since the
// one before it, and how many workers have not ended. So that the counts of a few workers do not
// toss it about, S goes half of the way (of its logarithm), at most by a factor of two, but after
// the first meeting all of it. Every relay has the same numbers and so the same S.
//
// To the first meeting a relay comes when its node has made a commit a worker; not `every`, for
// which a slow node would keep the others waiting.
class MeetingTimes {
 public:
  explicit MeetingTimes(const Interval& interval);

  // When the relay is to come to the next meeting; 0: see above.
  double next_s() const { return next_s_; }

  // A meeting began at `begun_s`, before which the tree's workers made so many commits since the
  // last one.
  void met(double begun_s, std::uint64_t commits, std::size_t unfinished);

  // The same, but that is why they met: they stand still for a checkpoint. Then they go on from
  // `now_s`: S stays, and the time in which they stood does not count.
  void stand(double begun_s, std::uint64_t commits, std::size_t unfinished);
  void go_on(double now_s);

  void keep(State& state);

 private:
  Interval interval_;
  bool is_first_ = true;
  bool stands_ = false;
  double last_s_ = 0.0;
  double distance_s_;  // S
  double next_s_;
};

}  // namespace tusk::relay
