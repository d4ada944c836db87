// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_cut.hpp"

#include <algorithm>
#include <utility>

namespace tusk::simulation {

void VirtualCut::begin(Wanted wanted, Take take, Asked asked) {
  wanted_ = std::move(wanted);
  take_ = std::move(take);
  tell_ = std::move(asked);
}

bool VirtualCut::holds(std::size_t worker, std::uint64_t window, Scheduler::Turn& turn) {
  if (!wanted_) return false;
  places_[worker].window = window;
  if (std::exchange(places_[worker].passes, false)) return false;
  if (!asked_ && wanted_(turn.time_s())) {
    asked_ = true;
    const auto furthest = std::ranges::max_element(places_, {}, &Place::window);
    from_window_ = in_step_ ? furthest->window + 1 : 0;
    tell_(turn);
  }
  places_[worker].held = asked_ && window >= from_window_;
  return places_[worker].held;
}

bool VirtualCut::complete(std::size_t worker, Scheduler::Turn& turn) {
  const auto stands = [](const Place& place) {
    return place.held || place.waiting || place.finished;
  };
  const auto held = [](const Place& place) { return place.held; };
  if (!asked_ || !std::ranges::all_of(places_, stands) || std::ranges::none_of(places_, held)) {
    return false;
  }
  asked_ = false;
  for (std::size_t other = 0; other < places_.size(); ++other) {
    if (!std::exchange(places_[other].held, false)) continue;
    places_[other].passes = true;
    if (other != worker) turn.wake(other, turn.time_s());
  }
  take_();
  return true;
}

}  // namespace tusk::simulation
