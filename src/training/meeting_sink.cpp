// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/meeting_sink.hpp"

#include <array>
#include <chrono>
#include <span>
#include <thread>
#include <utility>

#include "tusk/center/control_board.hpp"
#include "tusk/training/coordinator.hpp"

namespace tusk::training {
namespace {

constexpr int report_tag = 1;
constexpr std::chrono::microseconds receive_interval{50};

}  // namespace

void MeetingSink::submit(Report report) {
  if (head_ != nullptr) {
    head_->coordinator.submit(std::move(report));
    receive_reports();
    return;
  }
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  under_way_.push_back(communicator_.isend(serialize(report), 0, report_tag));
  ++sent_;
}

bool MeetingSink::receive_reports() {
  const std::uint64_t before = received_;
  while (const auto message = communicator_.try_receive(report_tag)) {
    head_->coordinator.submit(deserialize(message->bytes));
    ++received_;
  }
  return received_ != before;
}

void MeetingSink::end_pass() {
  const std::uint64_t expected = communicator_.sum(sent_);
  if (head_ != nullptr) {
    while (received_ < expected) {
      if (!receive_reports()) std::this_thread::sleep_for(receive_interval);
    }
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

}  // namespace tusk::training
