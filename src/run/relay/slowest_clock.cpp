// SPDX-License-Identifier: Apache-2.0
#include "run/relay/slowest_clock.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "run/relay/number_messages.hpp"

namespace tusk::relay {
namespace {

constexpr int clock_tag = 1;
constexpr std::chrono::milliseconds between_clocks{1};

}  // namespace

SlowestClock::SlowestClock(center::ControlBoard& own, std::size_t workers,
                           const mpi::Communicator& relays)
    : own_(own),
      workers_(workers),
      relays_(relays),
      nodes_(relays.rank() == 0 ? static_cast<std::size_t>(relays.size()) : 1) {}

std::int64_t SlowestClock::of_node() {
  const std::vector<std::int64_t> clocks = own_.clocks();
  return std::ranges::min(std::span(clocks).first(workers_));
}

void SlowestClock::send(std::int64_t windows, int relay) {
  under_way_.push_back(relays_.isend(bytes_of(std::array{windows}), relay, clock_tag));
}

// Receives what others tell: on rank 0 of their nodes, elsewhere of all.
bool SlowestClock::collect() {
  bool any = false;
  while (const auto message = relays_.try_receive(clock_tag)) {
    any = true;
    std::array<std::int64_t, 1> clock{};
    read_numbers(*message, clock, "a clock");
    const std::int64_t windows = clock[0];
    if (relays_.rank() == 0) {
      nodes_[static_cast<std::size_t>(message->source)] = windows;
    } else {
      slowest_ = windows;
      own_.set_clock(workers_, windows);
    }
  }
  return any;
}

bool SlowestClock::advance() {
  bool any = collect();
  if (Steady::now() < next_) return any;
  next_ = Steady::now() + between_clocks;
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  const std::int64_t node = of_node();
  const bool is_new = node != nodes_[0];
  nodes_[0] = node;
  if (relays_.rank() != 0) {
    if (is_new) send(node, 0);
    return any || is_new;
  }
  const std::int64_t slowest = std::ranges::min(nodes_);
  if (slowest == slowest_) return any;
  slowest_ = slowest;
  own_.set_clock(workers_, slowest);
  for (int relay = 1; relay < relays_.size(); ++relay) send(slowest, relay);
  return true;
}

}  // namespace tusk::relay
