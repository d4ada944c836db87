// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tusk::records {

// What a worker's steps and exchanges have taken, each of them, in seconds.
struct WorkerTimes {
  std::vector<double> steps_s;
  std::vector<double> exchanges_s;
};
using RunTimes = std::vector<WorkerTimes>;  // by worker

// Takes the times of a run from its history.h5, for a simulation that is to be like it: from a
// worker's event to its next. A step is what ends with a step; an exchange is what ends with a
// commit, or with a pull after a step. Waits between a commit and a pull are neither.
//
// `within_steps`: the rule exchanges between a step's gradient and its end (RuleTraits::
// sends_positions). Then only steps without an exchange are counted, and an exchange has taken what
// goes beyond a step's mean, which is exact in the mean alone.
//
// Error(no_input) if there is no such file; Error(bad_data) if it is none, or tells nothing of a
// worker: a history without commits, whose steps include the exchanges, or with one step a window
// where exchanges are within steps.
RunTimes read_run_times(const std::string& history, bool within_steps);

}  // namespace tusk::records
