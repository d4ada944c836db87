// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/node_memory.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tusk::simulation {

double NodeMemory::rate(std::size_t running) const {
  return std::min(core_bandwidth_, node_bandwidth_ / static_cast<double>(running));
}

void NodeMemory::start(Exchange exchange, double bytes) {
  running_.emplace(moved_ + bytes, exchange);
}

// All departures up to that time.
void NodeMemory::go_to(double time_s) {
  while (!running_.empty()) {
    const auto [end, exchange] = *running_.begin();
    const double departure_s = time_s_ + (end - moved_) / rate(running_.size());
    if (departure_s > time_s) return;
    time_s_ = departure_s;
    moved_ = end;
    running_.erase(running_.begin());
    present_.erase(exchange);
    if (asleep_.contains(exchange)) completed_.push_back(exchange);
    if (steps_.erase(exchange) > 0 || waiting_.empty()) continue;
    start(waiting_.front().first, waiting_.front().second);
    waiting_.pop_front();
  }
}

NodeMemory::Exchange NodeMemory::admit(double time_s) {
  go_to(time_s);
  if (!running_.empty()) moved_ += (time_s - time_s_) * rate(running_.size());
  time_s_ = time_s;
  present_.insert(next_);
  return next_++;
}

NodeMemory::Exchange NodeMemory::arrive(double time_s, double bytes) {
  const Exchange exchange = admit(time_s);
  if (running_.size() - steps_.size() < at_once_) {
    start(exchange, bytes);
  } else {
    waiting_.emplace_back(exchange, bytes);
  }
  return exchange;
}

NodeMemory::Exchange NodeMemory::arrive_step(double time_s, double bytes) {
  const Exchange step = admit(time_s);
  steps_.insert(step);
  start(step, bytes);
  return step;
}

void NodeMemory::wait(Exchange exchange, std::size_t worker, Scheduler& scheduler) {
  while (!look_after(exchange, worker, Scheduler::Turn(scheduler, worker))) {
  }
}

bool NodeMemory::look_after(Exchange exchange, std::size_t worker, Scheduler::Turn&& turn) {
  attended_.erase(exchange);
  if (is_done(exchange, turn.time_s())) {
    wake_first(turn);
    return true;
  }
  if (is_behind_another(exchange)) {
    asleep_.emplace(exchange, worker);
    std::move(turn).park();
  } else {
    attended_.insert(exchange);
    turn.end_at(earliest_s(exchange));
  }
  return false;
}

NodeMemory::Queue::const_iterator NodeMemory::place_in_queue(Exchange exchange) const {
  const auto place =
      std::ranges::lower_bound(waiting_, exchange, {}, &std::pair<Exchange, double>::first);
  return place != waiting_.end() && place->first == exchange ? place : waiting_.end();
}

// Behind one that ends before and that somebody looks after. One that waits for its turn may start,
// and be complete, when any before it leaves: somebody must look after all of these.
bool NodeMemory::is_behind_another(Exchange exchange) const {
  const auto looked_after = [&](Exchange other) { return attended_.contains(other); };
  const auto waited_for = [&](Exchange other) {
    return attended_.contains(other) || asleep_.contains(other);
  };
  if (place_in_queue(exchange) == waiting_.end()) {
    for (const auto& [end, other] : running_) {
      if (other == exchange) return false;
      if (looked_after(other)) return true;
    }
    return false;
  }
  bool found = false;
  for (const auto& [end, other] : running_) {
    if (!waited_for(other)) return false;
    found = found || looked_after(other);
  }
  for (const auto& [other, bytes] : waiting_) {
    if (other == exchange) return found;
    if (!waited_for(other)) return false;
    found = found || looked_after(other);
  }
  return false;
}

// Those that have ended at the same time; and of those whose worker waits on, the one that ends
// next has to be looked after.
void NodeMemory::wake_first(Scheduler::Turn& turn) {
  for (const Exchange exchange : std::exchange(completed_, {})) {
    turn.wake(asleep_.at(exchange), turn.time_s());
    asleep_.erase(exchange);
  }
  const auto looked_after = [&](Exchange exchange) {
    const auto sleeper = asleep_.find(exchange);
    if (sleeper == asleep_.end()) return attended_.contains(exchange);
    attended_.insert(exchange);
    turn.wake(sleeper->second, earliest_s(exchange));
    asleep_.erase(sleeper);
    return true;
  };
  for (const auto& [end, exchange] : running_) {
    if (looked_after(exchange)) return;
  }
  for (const auto& [exchange, bytes] : waiting_) {
    if (looked_after(exchange)) return;
  }
}

bool NodeMemory::is_done(Exchange exchange, double time_s) {
  go_to(time_s);
  return !present_.contains(exchange);
}

void NodeMemory::keep(State& state) {
  std::vector<std::pair<double, Exchange>> running(running_.begin(), running_.end());
  std::vector<std::pair<Exchange, double>> waiting(waiting_.begin(), waiting_.end());
  const auto keep_pair = [](State& part, auto& pair) {
    part("first", pair.first);
    part("second", pair.second);
  };
  state("time_s", time_s_);
  state("moved", moved_);
  state.list("running", running, keep_pair);
  state.list("waiting", waiting, keep_pair);
  std::vector<Exchange> steps(steps_.begin(), steps_.end());
  std::ranges::sort(steps);
  if (state.reading() ? state.has("steps") : !steps.empty()) state("steps", steps);
  state("next", next_);
  if (!state.reading()) return;
  running_ = {running.begin(), running.end()};
  waiting_ = {waiting.begin(), waiting.end()};
  steps_ = {steps.begin(), steps.end()};
  present_.clear();
  for (const auto& [end, exchange] : running) present_.insert(exchange);
  for (const auto& [exchange, bytes] : waiting) present_.insert(exchange);
}

double NodeMemory::earliest_s(Exchange exchange) const {
  const bool waits = place_in_queue(exchange) != waiting_.end();  // until another exchange leaves
  double time_s = time_s_;
  double moved = moved_;
  std::size_t left = running_.size();
  for (const auto& [end, other] : running_) {
    time_s += (end - moved) / rate(left);
    moved = end;
    --left;
    if (waits ? !steps_.contains(other) : other == exchange) break;
  }
  return time_s;
}

}  // namespace tusk::simulation
