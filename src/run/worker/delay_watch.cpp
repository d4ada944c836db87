// SPDX-License-Identifier: Apache-2.0
#include "run/worker/delay_watch.hpp"

#include <cmath>
#include <numbers>

namespace tusk::worker {
namespace {

constexpr std::uint64_t enough_exchanges = 16;  // before it, the mean says little

}  // namespace

double largest_stable_alpha(double delay) {
  return 2.0 * std::sin(std::numbers::pi / (2.0 * (2.0 * delay + 1.0)));
}

bool DelayWatch::add(std::uint64_t delay, float alpha) {
  ++exchanges_;
  sum_ += delay;
  if (warned_ || exchanges_ < enough_exchanges) return false;
  warned_ = alpha >= largest_stable_alpha(mean());
  return warned_;
}

}  // namespace tusk::worker
