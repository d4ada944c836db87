// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

namespace tusk::bench {

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of one call of `work`: the fastest of groups of calls that take some 10 ms together,
// tried for at least `budget_s`. The fastest, because other programs only ever make it slower.
template <typename Work>
double fastest_s(double budget_s, Work work) {
  work();  // warms caches
  const double once = now_s();
  work();
  const int group = std::clamp(static_cast<int>(0.01 / (now_s() - once + 1e-9)), 1, 1 << 20);
  double fastest = std::numeric_limits<double>::infinity();
  for (const double end = now_s() + budget_s; now_s() < end;) {
    const double start = now_s();
    for (int i = 0; i < group; ++i) work();
    fastest = std::min(fastest, (now_s() - start) / group);
  }
  return fastest;
}

}  // namespace tusk::bench
