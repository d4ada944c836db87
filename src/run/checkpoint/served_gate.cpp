// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/served_gate.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "run/checkpoint/signals.hpp"

namespace tusk::checkpoint {
namespace {

constexpr std::chrono::microseconds shortest_release_sleep{50};
constexpr std::chrono::microseconds longest_release_sleep{1000};

}  // namespace

center::Orders ServedGate::enter(std::uint64_t window, worker::Standing& standing) {
  for (;;) {
    if (auto notice = writer_.poll()) sink_.submit(std::move(*notice));
    pass_signals_on();
    const center::Orders orders = gate_->enter(window, standing);
    if (orders.checkpoint == answered_) return orders;
    take_part(orders.checkpoint, standing);
  }
}

void ServedGate::take_part(std::uint64_t cut, worker::Standing& standing) {
  if (auto notice = writer_.wait()) sink_.submit(std::move(*notice));
  standing.end_exchange();
  writer_.write(cut, [&](State& state) { standing.keep(state); });
  answered_ = cut;
  gate_->answer(cut);
  tell(records::Notice::arrived, cut, standing.steps());
  auto sleep = shortest_release_sleep;
  while (board_.load(center::Cell::released) != static_cast<std::int64_t>(cut)) {
    std::this_thread::sleep_for(sleep);
    sleep = std::min(2 * sleep, longest_release_sleep);
  }
}

void ServedGate::tell(records::Notice notice, std::uint64_t number, std::uint64_t amount) {
  records::Report report;
  report.worker = worker_;
  report.notice = notice;
  report.number = number;
  report.amount = amount;
  sink_.submit(std::move(report));
}

void ServedGate::pass_signals_on() {
  if (Signals::take_wish()) tell(records::Notice::signaled, 0, 0);
  if (const int signal = Signals::stop(); signal != 0 && !signaled_) {
    signaled_ = true;
    tell(records::Notice::signaled, static_cast<std::uint64_t>(signal), 0);
  }
}

}  // namespace tusk::checkpoint
