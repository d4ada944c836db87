// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "run/simulation/scheduler.hpp"
#include "tusk/state.hpp"

namespace tusk::simulation {

// A node's memory while several workers exchange with their center, or take steps, at once:
// processor sharing. Each running one moves min(core, node/running) bytes a second; of exchanges at
// most `at_once` run, the others wait for their turn in the order in which they came.
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

  // A step of so many bytes begins; nothing else of it differs.
  Exchange arrive_step(double time_s, double bytes);

  // The worker whose it is waits until it is complete, and goes on at that time.
  void wait(Exchange exchange, std::size_t worker, Scheduler& scheduler);

  // A part of that, in a turn of the worker: whether it is complete. If not, the worker goes on
  // when it may be.
  bool look_after(Exchange exchange, std::size_t worker, Scheduler::Turn&& turn);

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
  Exchange admit(double time_s);
  using Queue = std::deque<std::pair<Exchange, double>>;
  Queue::const_iterator place_in_queue(Exchange exchange) const;  // its end: it runs
  bool is_behind_another(Exchange exchange) const;
  void wake_first(Scheduler::Turn& turn);
  void start(Exchange exchange, double bytes);

  double node_bandwidth_;
  double core_bandwidth_;
  std::size_t at_once_;
  double time_s_ = 0.0;  // of the last arrival or departure
  double moved_ = 0.0;   // bytes that one that had been running all the time would have moved
  std::set<std::pair<double, Exchange>> running_;  // by what `moved_` is at their end
  Queue waiting_;
  std::unordered_set<Exchange> steps_;    // of the running ones
  std::unordered_set<Exchange> present_;  // running or waiting
  Exchange next_ = 0;

  // Whose worker looks again when it may be complete; and whose sleeps, because somebody looks
  // after one that ends before: that is woken by who has looked. Nobody stands in a checkpoint.
  std::unordered_set<Exchange> attended_;
  std::unordered_map<Exchange, std::size_t> asleep_;  // the worker
  std::vector<Exchange> completed_;                   // of these, at the time of this turn
};

}  // namespace tusk::simulation
