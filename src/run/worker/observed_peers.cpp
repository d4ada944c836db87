// SPDX-License-Identifier: Apache-2.0
#include "run/worker/observed_peers.hpp"

namespace tusk::worker {

void ObservedPeers::sum(std::span<float> values) { observe_sum(values); }
void ObservedPeers::sum(std::span<double> values) { observe_sum(values); }

void ObservedPeers::sum_beside(std::span<double> values) {
  require_finite(values, "the statistics that it exchanges", reporter_.position());
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  peers_.sum(values);
}

template <typename Number>
void ObservedPeers::observe_sum(std::span<Number> values) {
  require_finite(values, "what it exchanges", reporter_.position());
  {
    const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
    peers_.sum(values);
  }
  reporter_.exchanged();
  ++exchanges_;
}

std::uint64_t ObservedPeers::max(std::uint64_t value) {
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  return peers_.max(value);
}

}  // namespace tusk::worker
