// SPDX-License-Identifier: Apache-2.0
#include "run/relay/node_relay.hpp"

#include <array>
#include <utility>

#include "exchange/center/center_server.hpp"
#include "exchange/center/control_board.hpp"
#include "run/coordinator/coordinator.hpp"

namespace tusk::relay {

NodeRelay::NodeRelay(const Setup& setup)
    : setup_(setup),
      peers_(setup.relays, [&duties = setup.duties] { return duties.advance(); }),
      center_(watched(setup.center)),
      interval_(interval_of(setup.options.every)),
      relay_(setup.options, peers_.count(), setup.learning_rate, setup.initial, setup.statistics,
             {.node = *this, .center = center_ ? &*center_ : nullptr, .peers = &peers_}) {
  record_.relay = static_cast<std::uint32_t>(peers_.index());
}

double NodeRelay::now_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::uint64_t NodeRelay::unfinished() {
  return setup_.workers - static_cast<std::uint64_t>(setup_.node.board().load(center::Cell::ended));
}

// In this order: a worker that has ended has committed everything before, and what a report tells
// of is in the center before it is sent.
void NodeRelay::snapshot(std::span<float> out) {
  tally_.unfinished = unfinished();
  setup_.courier.advance();
  tally_.commits = record_.taken = setup_.node.snapshot(out);
  setup_.courier.load();
}

void NodeRelay::merge(std::span<const float> change) {
  record_.merged = setup_.node.merge(change);
  record_.time_s = now_s();
}

void NodeRelay::run() {
  relay_.start();
  peers_.meet();  // all begin with the same, before anyone has changed the relays' center
  if (center_) {
    exchange_when_due();
  } else {
    meet_by_the_clock();
  }
  relay_.finish();
  setup_.duties.deliver_at_once();
  setup_.duties.until(
      [&] { return setup_.courier.finished() == setup_.workers && setup_.duties.clocks_over(); });
  setup_.courier.load();
  setup_.courier.send();
  std::array<std::uint64_t, 2> totals{setup_.courier.sent(), setup_.node.updates()};
  peers_.sum(std::span<std::uint64_t>(totals));
  reports_ = totals[0];
  updates_ = totals[1];
}

void NodeRelay::end(coordinator::Coordinator& coordinator, OrderBoard& board) {
  setup_.duties.until([&] { return setup_.courier.received() == reports_; });
  setup_.courier.deliver();
  setup_.duties.until([&] { return !coordinator.advance(); });
  board.end();
}

void NodeRelay::end(const OrderReceiver& orders) {
  setup_.duties.until([&] { return orders.over(); });
}

void NodeRelay::exchange_when_due() {
  setup_.duties.deliver_at_once();
  double due_s = interval_.seconds;
  for (tally_ = {.unfinished = setup_.workers}; tally_.unfinished > 0;) {
    setup_.duties.until([&] {
      if (!interval_.by_commits()) return now_s() >= due_s || unfinished() == 0;
      return static_cast<double>(setup_.node.updates() - tally_.commits) >=
             interval_.commits * static_cast<double>(unfinished());
    });
    relay_.take();
    relay_.exchange();
    relay_.give();
    setup_.courier.add(report_of(record_, center_));
    setup_.courier.send();
    due_s = now_s() + interval_.seconds;
  }
}

void NodeRelay::meet_by_the_clock() {
  MeetingTimes times(interval_);
  for (std::uint64_t before = 0;;) {
    setup_.duties.until([&] {
      const std::uint64_t workers = unfinished();
      if (times.next_s() > 0.0) return now_s() >= times.next_s() || workers == 0;
      return setup_.node.updates() >= workers;
    });
    peers_.meet();
    const double begun_s = now_s();
    relay_.take();
    setup_.courier.send();
    tally_.reports = setup_.courier.sent();
    const Tally all = add_up(tally_);
    relay_.exchange();
    relay_.give();
    setup_.courier.add(report_of(record_, center_));
    if (peers_.index() == 0) {
      // More where this was the last meeting, after which others send on what they have left.
      setup_.duties.until([&] { return setup_.courier.received() >= all.reports; });
      setup_.courier.deliver();
    }
    if (all.unfinished == 0) return;
    times.met(begun_s, all.commits - before, all.unfinished);
    before = all.commits;
  }
}

NodeRelay::Tally NodeRelay::add_up(const Tally& tally) {
  std::array<std::uint64_t, 3> sums{tally.unfinished, tally.commits, tally.reports};
  peers_.sum(std::span<std::uint64_t>(sums));
  return {.unfinished = sums[0], .commits = sums[1], .reports = sums[2]};
}

}  // namespace tusk::relay
