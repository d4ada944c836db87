// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/served_gate.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tusk::checkpoint {
namespace {

constexpr std::chrono::microseconds shortest_release_sleep{50};
constexpr std::chrono::microseconds longest_release_sleep{1000};

}  // namespace

center::Orders ServedGate::enter(std::uint64_t window, worker::Standing& standing) {
  for (;;) {
    if (auto notice = writer_.poll()) sink_.submit(std::move(*notice));
    while (auto notice = signals_.poll(worker_)) sink_.submit(std::move(*notice));
    const center::Orders orders = gate_->enter(window, standing);
    if (orders.checkpoint == answered_) return orders;
    take_part(orders.checkpoint, standing);
  }
}

void ServedGate::take_part(std::uint64_t cut, worker::Standing& standing) {
  if (auto notice = writer_.wait()) sink_.submit(std::move(*notice));
  standing.end_exchange();
  writer_.write(cut, [&](State& state) { state("worker", standing); });
  answered_ = cut;
  gate_->answer(cut);
  records::Report arrived;
  arrived.worker = worker_;
  arrived.notice = records::Notice::arrived;
  arrived.number = cut;
  arrived.amount = standing.steps();
  sink_.submit(std::move(arrived));
  auto sleep = shortest_release_sleep;
  while (board_.load(center::Cell::released) != static_cast<std::int64_t>(cut)) {
    std::this_thread::sleep_for(sleep);
    sleep = std::min(2 * sleep, longest_release_sleep);
  }
}

}  // namespace tusk::checkpoint
