// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tusk::worker {

// The largest α at which an elastic exchange still converges when d commits by others come between
// reading θ and adding α(x − θ): 2 sin(π / (2(2d + 1))).
double largest_stable_alpha(double delay);

// Watches the delays of a worker's elastic exchanges and warns, once, when their mean makes its α
// unstable.
class DelayWatch {
 public:
  // After an exchange. Returns whether the warning has just become due.
  bool add(std::uint64_t delay, float alpha);
  double mean() const { return static_cast<double>(sum_) / static_cast<double>(exchanges_); }

 private:
  std::uint64_t exchanges_ = 0;
  std::uint64_t sum_ = 0;
  bool warned_ = false;
};

}  // namespace tusk::worker
