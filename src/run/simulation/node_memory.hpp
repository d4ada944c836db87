// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <unordered_set>
#include <utility>

#include "tusk/state.hpp"

namespace tusk::simulation {

// A node's memory while several workers exchange with their center at once: processor sharing. Each
// running exchange moves min(core, node/running) bytes a second; at most `at_once` run, the others
// wait for their turn in the order in which they came.
//
// It changes at arrivals and departures alone. When somebody asks, all departures up to then have
// happened, each at its own time: what comes out does not depend on how often it is asked.
class NodeMemory {
 public:
  using Exchange = std::uint64_t;

  NodeMemory(double node_bandwidth, double core_bandwidth, std::size_t at_once)
      : node_bandwidth_(node_bandwidth), core_bandwidth_(core_bandwidth), at_once_(at_once) {}

  // An exchange of so many bytes begins, or queues up. Called in the order of time.
  Exchange arrive(double time_s, double bytes);

  // Whether it is complete at `time_s`.
  bool is_done(Exchange exchange, double time_s);

  // When it is complete if nobody else comes; of one that waits, a time before which it is not.
  // Others who come make it later, never earlier. Not for one that is complete.
  double earliest_s(Exchange exchange) const;

  // What a checkpoint keeps: what it will be asked of, and when everything has happened.
  void keep(State& state);

 private:
  double rate(std::size_t running) const;
  void go_to(double time_s);
  void start(Exchange exchange, double bytes);

  double node_bandwidth_;
  double core_bandwidth_;
  std::size_t at_once_;
  double time_s_ = 0.0;  // of the last arrival or departure
  double moved_ = 0.0;   // bytes that one that had been running all the time would have moved
  std::set<std::pair<double, Exchange>> running_;  // by what `moved_` is at their end
  std::deque<std::pair<Exchange, double>> waiting_;
  std::unordered_set<Exchange> present_;  // running or waiting
  Exchange next_ = 0;
};

}  // namespace tusk::simulation
