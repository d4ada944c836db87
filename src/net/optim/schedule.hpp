// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "experiment/optimizer_options.hpp"

namespace tusk::optim {

// The learning rate as a function of a worker's own steps, with the formulas of Keras 3 (see
// experiment/schedule_options.hpp): constant unless the options have a schedule. A worker asks it
// before every step, the coordinator for its log.
class Schedule {
 public:
  // Error(bad_experiment), naming the key, for boundaries that do not ascend or do not go with the
  // values.
  explicit Schedule(const OptimizerOptions& options);

  // The learning rate at a worker's step number 0, 1, ….
  double at(std::uint64_t step) const;

 private:
  double learning_rate_;
  ScheduleOptions options_;
};

}  // namespace tusk::optim
