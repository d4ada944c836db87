// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"

namespace tusk::checkpoint {

// How far a run has come.
struct Progress {
  double time_s = 0.0;  // by the clock that `every` goes by
  std::uint64_t steps = 0;
  std::uint64_t epochs = 0;
};

// Tells when a checkpoint is to be taken, and when the run is to end with it.
class Due {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `every`: as checkpoint.every. `stop_by`: when this process is to have ended (--max-time).
  // Slurm's end of the job is asked for here, too (SLURM_JOB_END_TIME). `measures`: where the time
  // is limited and no checkpoint has been taken in its first half, one is due then, so that it is
  // known how long one takes; not in simulations, which are to be repeatable.
  Due(const std::string& every, std::optional<Time> stop_by, bool measures = true);

  // From here on `every` counts. Before the first step, or where the run goes on.
  void begin(const Progress& now);

  const Progress& last() const { return last_; }  // when the last one was wanted

  bool by_clock() const { return every_.seconds.has_value(); }

  // Whether one is to be taken by its time, to be measured, or because SIGUSR2 has asked for it.
  bool checkpoint(const Progress& now);

  // Why the run is to end now: a signal, the time. Empty: it is not. What is left at the end is
  // twice the time of the longest checkpoint, and the longest time between two of these questions:
  // where workers ask at their windows' starts, a window, or the validation between two.
  std::string stop();

  // How long a checkpoint took.
  void took(double seconds) { longest_s_ = std::max(longest_s_, seconds); }

 private:
  bool wants_to_measure();

  struct Limit {
    Time end;
    const char* name;
  };

  Interval every_;
  std::vector<Limit> limits_;
  bool measures_;  // until a checkpoint was due
  Time start_ = std::chrono::steady_clock::now();
  std::optional<Time> asked_;  // stop(), last
  Progress last_;
  double longest_s_ = 0.0;
  double longest_pause_s_ = 0.0;
};

}  // namespace tusk::checkpoint
