// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

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
  // `every`: as checkpoint.every. `max_time_s`: how long this process may take, from its start.
  // Slurm's end of the job is asked for here, too (SLURM_JOB_END_TIME).
  Due(const std::string& every, std::optional<double> max_time_s);

  // From here on `every` counts. Before the first step, or where the run goes on.
  void begin(const Progress& now);

  const Progress& last() const { return last_; }  // when the last one was wanted

  bool by_clock() const { return every_.seconds.has_value(); }

  // Whether one is to be taken by its time, or because SIGUSR2 has asked for it.
  bool checkpoint(const Progress& now);

  // Why the run is to end now: a signal, the time. Empty: it is not.
  std::string stop() const;

  // How long a checkpoint took: twice as much is left at the end.
  void took(double seconds);

 private:
  Interval every_;
  std::optional<double> max_time_s_;
  std::optional<double> slurm_left_s_;  // at the start
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Progress last_;
  double longest_s_ = 0.0;
};

}  // namespace tusk::checkpoint
