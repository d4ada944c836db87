// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

namespace tusk::bench {

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Times `work` in groups of calls that take some milliseconds together, for at least `budget_s`,
// and tells `report` the seconds of one call of each group.
template <typename Work, typename Report>
void time_groups(double budget_s, Work work, Report report) {
  work();  // warms caches
  const double once = now_s();
  work();
  const int group = std::clamp(static_cast<int>(0.005 / (now_s() - once + 1e-9)), 1, 1 << 20);
  for (const double end = now_s() + budget_s; now_s() < end;) {
    const double start = now_s();
    for (int i = 0; i < group; ++i) work();
    report((now_s() - start) / group);
  }
}

// Seconds of one call in the fastest group, because other programs only ever make it slower.
template <typename Work>
double fastest_s(double budget_s, Work work) {
  double fastest = std::numeric_limits<double>::infinity();
  time_groups(budget_s, work, [&](double seconds) { fastest = std::min(fastest, seconds); });
  return fastest;
}

}  // namespace tusk::bench
