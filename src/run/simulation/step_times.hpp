// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "experiment/simulate_options.hpp"

namespace tusk::simulation {

// What a step costs, in virtual seconds.
class StepTimes {
 public:
  // Error(bad_experiment) for a list of step times without one for every worker.
  StepTimes(const StepTime& options, std::size_t workers, std::uint64_t seed);

  // The cost of a worker's step number `step` (0, 1, …): a function of (seed, worker, step).
  double cost_s(std::size_t worker, std::uint64_t step) const;

 private:
  StepTime options_;
  std::uint64_t seed_;
};

}  // namespace tusk::simulation
