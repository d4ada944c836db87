// SPDX-License-Identifier: Apache-2.0
#include "run/relay/courier.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace tusk::relay {

Courier::Courier(const mpi::Communicator& node, const mpi::Communicator& relays,
                 records::NodeBook& book, const Sinks& sinks)
    : book_(book),
      sinks_(sinks),
      aboard_(book.nothing()),
      arrived_(book.nothing()),
      from_node_(records::receiver_of_reports(
          node, [this](records::Report report) { take(std::move(report)); })) {
  if (sinks.sums == nullptr) {
    sender_.emplace(relays);
    return;
  }
  untold_.resize(static_cast<std::size_t>(relays.size()));
  notices_of_relays_.emplace(records::receiver_of_reports(
      relays, [this](records::Report notice) { sinks_.notices->submit(std::move(notice)); }));
  sums_of_relays_.emplace(
      records::receiver_of_sums(relays, [this](int relay, records::NodeSum sum) {
        receive(static_cast<std::size_t>(relay), std::move(sum));
      }));
}

// What a worker says.
void Courier::take(records::Report report) {
  if (report.notice == records::Notice::none) return book_.submit(std::move(report));
  if (report.notice != records::Notice::arrived) return tell(report);
  if (std::exchange(stand_at_, report.number) != report.number) standing_ = 0;
  ++standing_;
  book_.stand(report.worker, report.amount);
}

void Courier::tell(const records::Report& notice) {
  auto of_node = notices_.add(notice);
  if (!of_node) return;
  if (sender_) {
    sender_->send(*of_node);
  } else {
    sinks_.notices->submit(std::move(*of_node));
  }
}

bool Courier::advance() {
  bool any = from_node_.advance();
  if (notices_of_relays_) any = notices_of_relays_->advance() || any;
  if (sums_of_relays_) any = sums_of_relays_->advance() || any;
  return any;
}

bool Courier::has_come(std::span<const std::uint64_t> of_relays) const {
  return !sums_of_relays_ ||
         std::ranges::equal(sums_of_relays_->received(), of_relays, std::ranges::greater_equal{});
}

void Courier::load() { aboard_ += book_.take(); }

void Courier::arrive(const records::MergeRecord& exchange) {
  book_.add(exchange);
  arrived_ += std::exchange(aboard_, book_.nothing());
  arrived_.merges.push_back(exchange);
}

void Courier::send() {
  sent_at_ = Steady::now();
  send(std::exchange(arrived_, book_.nothing()));
}

void Courier::send_the_rest() {
  load();
  arrived_ += std::exchange(aboard_, book_.nothing());
  send();
}

void Courier::say() {
  if (arrived_.samples == 0) return;
  records::NodeSum word = book_.nothing();
  word.is_word = true;
  word.untold = {arrived_.steps, arrived_.samples};
  send(std::move(word));
}

void Courier::send_cut(std::uint64_t checkpoint, bool own_part) {
  notices_.expect(checkpoint, book_.workers() - book_.finished() + (own_part ? 1 : 0));
  arrived_.places.assign(book_.places().begin(), book_.places().end());
  arrived_.rows = book_.history().rows();
  send();
}

void Courier::send(records::NodeSum sum) {
  if (sender_) {
    sender_->send(sum);
  } else {
    receive(0, std::move(sum));
  }
}

void Courier::receive(std::size_t relay, records::NodeSum sum) {
  untold_[relay] = sum.untold;
  if (!sum.is_word) come_.push_back(std::move(sum));
}

void Courier::deliver() {
  for (records::NodeSum& sum : std::exchange(come_, {})) sinks_.sums->submit(std::move(sum));
}

records::Untold Courier::untold_of_all() const {
  records::Untold all;
  for (const records::Untold& of_relay : untold_) {
    all.steps += of_relay.steps;
    all.samples += of_relay.samples;
  }
  return all;
}

}  // namespace tusk::relay
