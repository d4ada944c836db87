// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/node_memory.hpp"

#include <algorithm>
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
    if (waiting_.empty()) continue;
    start(waiting_.front().first, waiting_.front().second);
    waiting_.pop_front();
  }
}

NodeMemory::Exchange NodeMemory::arrive(double time_s, double bytes) {
  go_to(time_s);
  if (!running_.empty()) moved_ += (time_s - time_s_) * rate(running_.size());
  time_s_ = time_s;
  const Exchange exchange = next_++;
  present_.insert(exchange);
  if (running_.size() < at_once_) {
    start(exchange, bytes);
  } else {
    waiting_.emplace_back(exchange, bytes);
  }
  return exchange;
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
  state("next", next_);
  if (!state.reading()) return;
  running_ = {running.begin(), running.end()};
  waiting_ = {waiting.begin(), waiting.end()};
  present_.clear();
  for (const auto& [end, exchange] : running) present_.insert(exchange);
  for (const auto& [exchange, bytes] : waiting) present_.insert(exchange);
}

double NodeMemory::earliest_s(Exchange exchange) const {
  // Of one that waits: as many have to leave before it as are before it, and one more to make room.
  std::size_t leaving = running_.size();
  if (!waiting_.empty() && exchange >= waiting_.front().first) {
    leaving = std::min<std::size_t>(leaving, exchange - waiting_.front().first + 1);
  }
  double time_s = time_s_;
  double moved = moved_;
  std::size_t left = running_.size();
  for (const auto& [end, other] : running_) {
    time_s += (end - moved) / rate(left);
    moved = end;
    --left;
    if (other == exchange || running_.size() - left == leaving) break;
  }
  return time_s;
}

}  // namespace tusk::simulation
