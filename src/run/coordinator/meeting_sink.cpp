// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/meeting_sink.hpp"

#include <array>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include "exchange/center/control_board.hpp"
#include "run/coordinator/coordinator.hpp"

namespace tusk::coordinator {
namespace {

constexpr std::chrono::microseconds receive_interval{50};

}  // namespace

void MeetingSink::submit(records::Report report) {
  if (head_ != nullptr) {
    head_->reports.submit(std::move(report));
    receive();
  } else {
    sender_.send(report);
  }
}

void MeetingSink::receive() {
  received_ += records::receive_reports(communicator_, head_->reports);
}

void MeetingSink::drain() {
  const std::uint64_t expected = communicator_.sum(sender_.sent());
  if (head_ == nullptr) return;
  while (received_ < expected) {
    const std::uint64_t before = received_;
    receive();
    if (received_ == before) std::this_thread::sleep_for(receive_interval);
  }
}

void MeetingSink::end_pass() {
  drain();
  if (head_ != nullptr) {
    while (head_->coordinator.advance()) {
    }
  }
  communicator_.barrier();  // the others sleep while rank 0 validates
  pass_orders_on();
}

void MeetingSink::pass_orders_on() {
  constexpr std::array cells{center::Cell::stop, center::Cell::learning_rate_scale};
  std::array<std::int64_t, cells.size()> values{};
  if (head_ != nullptr) {
    for (std::size_t i = 0; i < cells.size(); ++i) values[i] = head_->orders.load(cells[i]);
  }
  communicator_.broadcast(std::as_writable_bytes(std::span(values)), 0);
  for (std::size_t i = 0; i < cells.size(); ++i) board_.store(cells[i], values[i]);
}

}  // namespace tusk::coordinator
