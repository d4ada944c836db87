// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_peers.hpp"

#include <algorithm>
#include <utility>

namespace tusk::simulation {

void Meeting::meet(std::size_t worker, void* offer, double cost_s, const Conclude& conclude) {
  Scheduler::Turn turn(scheduler_, first_ + worker);
  offers_[worker] = offer;
  if (++present_ < workers()) {
    std::move(turn).park();
    return;
  }
  present_ = 0;
  conclude(offers_);
  const double over_s = turn.time_s() + cost_s;
  turn.end_at(over_s);
  for (std::size_t other = 0; other < workers(); ++other) {
    if (other != worker) turn.wake(first_ + other, over_s);
  }
}

template <typename T>
void VirtualPeers::sum_up(std::span<T> values, double cost_s) {
  if (count() == 1) return;
  meeting_.meet(worker_, values.data(), cost_s, [&](const std::vector<void*>& offers) {
    const std::span total(static_cast<T*>(offers[0]), values.size());
    for (std::size_t w = 1; w < offers.size(); ++w) {
      const T* other = static_cast<const T*>(offers[w]);
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += other[i];
    }
    for (std::size_t w = 1; w < offers.size(); ++w) {
      std::ranges::copy(total, static_cast<T*>(offers[w]));
    }
  });
}

void VirtualPeers::sum(std::span<float> values) {
  sum_up(values, network_.vectors_s(2, values.size(), sizeof(float)));
}

void VirtualPeers::sum(std::span<double> values) {
  sum_up(values, network_.vectors_s(2, values.size(), sizeof(double)));
}

std::uint64_t VirtualPeers::max(std::uint64_t value) {
  if (count() == 1) return value;
  meeting_.meet(worker_, &value, network_.bytes_s(2 * sizeof value),
                [](const std::vector<void*>& offers) {
                  std::uint64_t largest = 0;
                  for (const void* offer : offers) {
                    largest = std::max(largest, *static_cast<const std::uint64_t*>(offer));
                  }
                  for (void* offer : offers) *static_cast<std::uint64_t*>(offer) = largest;
                });
  return value;
}

}  // namespace tusk::simulation
