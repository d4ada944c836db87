// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/observed_center.hpp"

namespace tusk::training {

template <typename Operation>
center::Commit ObservedCenter::observe(Operation operation) {
  center::Commit commit;
  {
    const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
    commit = operation();
  }
  reporter_.commit(commit.ticket, commit.staleness);
  return commit;
}

std::uint64_t ObservedCenter::pull(std::span<float> out) {
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  return center_.pull(out);
}

center::Commit ObservedCenter::commit(std::span<const float> delta) {
  return observe([&] { return center_.commit(delta); });
}

center::Commit ObservedCenter::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  return observe([&] { return center_.commit_and_pull(delta, out); });
}

center::Commit ObservedCenter::commit_scaled(std::span<const float> delta,
                                             const center::Scaling& scaling, std::span<float> out) {
  return observe([&] { return center_.commit_scaled(delta, scaling, out); });
}

center::Commit ObservedCenter::elastic(std::span<const float> x, float alpha,
                                       std::span<float> force) {
  return observe([&] { return center_.elastic(x, alpha, force); });
}

}  // namespace tusk::training
