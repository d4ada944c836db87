// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
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

  // How many times longer the steps of a worker take: the same for all, a value a worker, in turn,
  // or drawn once for each.
  StepTime worker_factor = 1.0;

  // Whether worker i's first window is shorter by i mod communication_window steps.
  bool stagger = false;

  // Bytes a second of a node's memory. With it an exchange with a center is a sweep through memory:
  // it moves all that it reads and writes, at `bandwidth` at most, and beside it others do, at most
  // `exchanges_at_once` on a node, which share the memory evenly. None: a center takes one exchange
  // at a time.
  std::optional<double> memory_bandwidth;
  std::size_t exchanges_at_once = 128;

  // Bytes of it that a step moves, beside its step_time: it takes the longer of the two.
  double step_memory = 0.0;

  // The same as latency and bandwidth, between the nodes of a tree; none: those.
  std::optional<double> network_latency;
  std::optional<double> network_bandwidth;

  friend bool operator==(const SimulateOptions&, const SimulateOptions&) = default;
};

}  // namespace tusk
