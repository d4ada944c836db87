// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "experiment/simulate_options.hpp"
#include "run/records/run_times.hpp"

namespace tusk::simulation {

// What a step costs, in virtual seconds, and, where it is taken from a run, an exchange.
class StepTimes {
 public:
  // `like`: the times of a run, which must outlive the object; they go before `options`. A worker
  // beyond those of the run has the times of one of them, in turn. Error(bad_experiment) for a list
  // of step times without one for every worker.
  StepTimes(const StepTime& options, std::size_t workers, std::uint64_t seed,
            const records::RunTimes* like = nullptr);

  // The cost of a worker's step number `step` (0, 1, …): a function of (seed, worker, step).
  double cost_s(std::size_t worker, std::uint64_t step) const;

  // The same of an exchange; nothing if it is not taken from a run.
  std::optional<double> exchange_s(std::size_t worker, std::uint64_t exchange) const;

  // How many times longer the worker's steps take (SimulateOptions::worker_factor), a function of
  // (seed, worker).
  static double factor(const StepTime& options, std::uint64_t seed, std::size_t worker);

  bool measured() const { return like_ != nullptr; }

 private:
  StepTime options_;
  const records::RunTimes* like_;
  std::uint64_t seed_;
};

}  // namespace tusk::simulation
