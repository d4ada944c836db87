// SPDX-License-Identifier: Apache-2.0
#include "run/relay/meeting_times.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/units.hpp"

namespace tusk::relay {

Interval interval_of(const RelayInterval& interval) {
  if (const auto* text = std::get_if<std::string>(&interval)) {
    return {.seconds = parse_duration(*text).value_or(1.0)};  // the experiment's reader checks it
  }
  return {.commits = std::get<double>(interval)};
}

MeetingTimes::MeetingTimes(const Interval& interval)
    : interval_(interval), distance_s_(interval.seconds), next_s_(interval.seconds) {}

void MeetingTimes::stand(double begun_s, std::uint64_t commits, std::size_t unfinished) {
  if (is_first_) met(begun_s, commits, unfinished);
  stands_ = true;
}

void MeetingTimes::go_on(double now_s) {
  if (!std::exchange(stands_, false)) return;
  last_s_ = now_s;
  next_s_ = now_s + distance_s_;
}

void MeetingTimes::keep(State& state) {
  state("is_first", is_first_);
  state("stands", stands_);
  state("last_s", last_s_);
  state("distance_s", distance_s_);
  state("next_s", next_s_);
}

void MeetingTimes::met(double begun_s, std::uint64_t commits, std::size_t unfinished) {
  if (interval_.by_commits()) {
    const double wanted =
        interval_.commits * static_cast<double>(std::max<std::size_t>(unfinished, 1));
    const double ratio = wanted / static_cast<double>(std::max<std::uint64_t>(commits, 1));
    distance_s_ = begun_s - last_s_;
    distance_s_ *= is_first_ ? ratio : std::clamp(std::sqrt(ratio), 0.5, 2.0);
  }
  is_first_ = false;
  last_s_ = begun_s;
  next_s_ = begun_s + distance_s_;
}

}  // namespace tusk::relay
