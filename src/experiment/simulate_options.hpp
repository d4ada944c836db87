// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>
#include <vector>

namespace tusk {

// Distributions of the time of a step, in seconds. Every step of every worker draws anew, with the
// experiment's seed; what is not above 0 is drawn again.

// mean · exp(σ z − σ²/2), z standard normal.
struct LognormalTime {
  static constexpr const char* type = "lognormal";
  double mean = 0.001;
  double sigma = 0.2;

  friend bool operator==(const LognormalTime&, const LognormalTime&) = default;
};

struct NormalTime {
  static constexpr const char* type = "normal";
  double mean = 0.001;
  double stddev = 0.0002;

  friend bool operator==(const NormalTime&, const NormalTime&) = default;
};

// Evenly distributed in [minval, maxval).
struct UniformTime {
  static constexpr const char* type = "uniform";
  double minval = 0.0005;
  double maxval = 0.0015;

  friend bool operator==(const UniformTime&, const UniformTime&) = default;
};

struct ExponentialTime {
  static constexpr const char* type = "exponential";
  double mean = 0.001;

  friend bool operator==(const ExponentialTime&, const ExponentialTime&) = default;
};

using TimeDistribution = std::variant<LognormalTime, NormalTime, UniformTime, ExponentialTime>;

// The same for every step, or a value a worker, or drawn.
using StepTime = std::variant<double, std::vector<double>, TimeDistribution>;

// The [simulate] table: what the virtual machine of `tusk simulate` is like.
struct SimulateOptions {
  StepTime step_time = 0.001;  // seconds
  double latency = 1e-5;       // seconds an exchange, beside bytes/bandwidth
  double bandwidth = 1e10;     // bytes a second

  friend bool operator==(const SimulateOptions&, const SimulateOptions&) = default;
};

}  // namespace tusk
