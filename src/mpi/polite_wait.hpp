// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace tusk::mpi {

// How long to sleep when what is awaited has not come for `idle_s` seconds, in seconds: not at all
// for 20 µs, then 10 µs, from 0.5 ms on 200 µs. An answer that comes soon is seen at once, and a
// long wait costs about 6% of a core.
double polite_sleep_s(double idle_s);

// Paces a loop that polls: `while (!arrived()) wait.pause();`.
class PoliteWait {
 public:
  void pause();  // sleeps as long as polite_sleep_s says for the time since the start or reset()
  void reset();  // something has come: watch closely again

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// Until done(): lets `progress`, which says whether something has happened, make progress, and
// sleeps while nothing happens: for so many seconds as sleep_s says of those that have passed since
// something has.
template <typename Done, typename Progress, typename Sleep = double (*)(double)>
void progress_until(Done done, Progress progress, Sleep sleep_s = polite_sleep_s) {
  using Clock = std::chrono::steady_clock;
  auto last_event = Clock::now();
  while (!done()) {
    if (progress()) {
      last_event = Clock::now();
      continue;
    }
    const std::chrono::duration<double> idle = Clock::now() - last_event;
    std::this_thread::sleep_for(std::chrono::duration<double>(sleep_s(idle.count())));
  }
}

}  // namespace tusk::mpi
