// SPDX-License-Identifier: Apache-2.0
#include "run/relay/courier.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace tusk::relay {

void Courier::Waiting::submit(records::Report report) {
  if (this == &courier.own_) courier.note(report);
  if (report.notice == records::Notice::none) {
    reports.push_back(std::move(report));
  } else {
    courier.tell(std::move(report));
  }
}

Courier::Courier(const mpi::Communicator& node, const mpi::Communicator& relays,
                 records::ReportSink* sink, std::size_t finished)
    : sink_(sink), finished_(finished), from_node_(node, own_) {
  if (sink == nullptr) {
    sender_.emplace(relays);
  } else {
    from_relays_.emplace(relays, others_);
  }
}

void Courier::note(const records::Report& own) {
  if (own.finished) ++finished_;
  if (own.notice != records::Notice::arrived) return;
  if (std::exchange(arrived_at_, own.number) != own.number) arrived_ = 0;
  ++arrived_;
}

void Courier::tell(records::Report notice) {
  if (sender_) {
    sender_->send(notice);
  } else {
    sink_->submit(std::move(notice));
  }
}

bool Courier::advance() {
  const bool own = from_node_.advance();
  return (from_relays_ && from_relays_->advance()) || own;
}

bool Courier::has_come(std::span<const std::uint64_t> of_relays) const {
  return !from_relays_ ||
         std::ranges::equal(from_relays_->received(), of_relays, std::ranges::greater_equal{});
}

void Courier::load() {
  std::ranges::move(own_.reports, std::back_inserter(loaded_));
  own_.reports.clear();
}

void Courier::send() {
  if (sender_) {
    for (const records::Report& report : loaded_) sender_->send(report);
  } else {
    std::ranges::move(loaded_, std::back_inserter(others_.reports));
  }
  loaded_.clear();
}

void Courier::deliver() {
  if (sink_ == nullptr) return;
  for (records::Report& report : std::exchange(others_.reports, {})) {
    sink_->submit(std::move(report));
  }
}

}  // namespace tusk::relay
