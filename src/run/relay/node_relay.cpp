// SPDX-License-Identifier: Apache-2.0
#include "run/relay/node_relay.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "exchange/center/center_server.hpp"
#include "exchange/center/control_board.hpp"
#include "run/checkpoint/asked_checkpoints.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/coordinator/coordinator.hpp"

namespace tusk::relay {

NodeRelay::NodeRelay(const Setup& setup)
    : setup_(setup),
      peers_(setup.relays, [&duties = setup.duties] { return duties.advance(); }),
      center_(watched(setup.center)),
      interval_(interval_of(setup.options.every)),
      times_(interval_),
      relay_(setup.options, peers_.count(), setup.learning_rate, setup.initial, setup.statistics,
             {.node = *this, .center = center_ ? &*center_ : nullptr, .peers = &peers_}),
      due_s_(interval_.seconds) {
  record_.relay = static_cast<std::uint32_t>(peers_.index());
}

double NodeRelay::now_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::uint64_t NodeRelay::unfinished() const {
  return setup_.workers - static_cast<std::uint64_t>(setup_.node.board().load(center::Cell::ended));
}

// The checkpoint that is asked for; 0: none.
std::uint64_t NodeRelay::asked() const {
  const auto last = static_cast<std::uint64_t>(setup_.node.board().load(center::Cell::checkpoint));
  return last == checkpoint_ ? 0 : last;
}

// Whether the node's workers stand for a checkpoint, or have finished, as their reports tell:
// everything else that they have reported came before.
bool NodeRelay::all_stand() const {
  const std::uint64_t checkpoint = asked();
  return checkpoint != 0 &&
         setup_.courier.finished() + setup_.courier.standing(checkpoint) == setup_.workers;
}

void NodeRelay::look_at_workers() {
  tally_.unfinished = unfinished();
  setup_.courier.advance();
  const std::uint64_t checkpoint = asked();
  tally_.standing = checkpoint == 0 ? 0 : setup_.courier.standing(checkpoint);
  tally_.moving = setup_.workers - setup_.courier.finished() - tally_.standing;
  if (setup_.checkpoints == nullptr) return;
  tally_.checkpoint = setup_.checkpoints->asked();
  tally_.stops = tally_.checkpoint != 0 && setup_.checkpoints->stops() ? 1 : 0;
}

// In this order: a worker that has ended has committed everything before, and what a report tells
// of is in the center before it is sent.
void NodeRelay::take(std::span<float> out, std::span<float> kept) {
  look_at_workers();
  tally_.commits = record_.taken = setup_.node.take(out, kept);
  setup_.courier.load();
  const records::Untold untold = setup_.courier.untold();
  tally_.steps = untold.steps;
  tally_.samples = untold.samples;
  if (setup_.coordinator == nullptr) return;
  tally_.to_go = setup_.coordinator->book().samples_to_go();
  tally_.is_time = setup_.courier.is_time() ? 1 : 0;
}

void NodeRelay::merge(std::span<const float> change) {
  record_.merged = setup_.node.merge(change);
  record_.time_s = now_s();
}

void NodeRelay::run() {
  if (!goes_on_) relay_.start();
  peers_.meet();  // all begin with the same, before anyone has changed the relays' center
  stopped_ = !(center_ ? exchange_when_due() : meet_by_the_clock());
  if (stopped_) return;
  relay_.finish();
  setup_.duties.deliver_at_once();
  setup_.duties.until(
      [&] { return setup_.courier.finished() == setup_.workers && setup_.duties.clocks_over(); });
  if (!is_done_) setup_.courier.send_the_rest();
  updates_ = setup_.node.updates();
  sum(std::span(&updates_, 1));
}

void NodeRelay::end() {
  if (setup_.coordinator == nullptr) {
    if (setup_.writer != nullptr) {
      if (auto notice = setup_.writer->wait()) setup_.courier.tell(*notice);
    }
    return setup_.duties.until([&] { return setup_.orders->over(); });
  }
  checkpoint::AskedCheckpoints* const checkpoints = setup_.checkpoints;
  if (stopped_) {
    setup_.duties.until([&] { return checkpoints->over(); });
  } else {
    setup_.duties.until([&] { return setup_.courier.has_come(sent_); });
    setup_.courier.deliver();
    if (checkpoints != nullptr && checkpoints->asked() != 0) checkpoints->cancel();
    setup_.duties.until([&] {
      const bool writing = checkpoints != nullptr && checkpoints->advance();
      return !setup_.coordinator->advance() && !writing;
    });
  }
  setup_.board->end();
}

bool NodeRelay::is_due() const {
  const std::uint64_t workers = unfinished();
  if (!interval_.by_commits()) return now_s() >= due_s_ || workers == 0;
  return static_cast<double>(setup_.node.updates() - tally_.commits) >=
         interval_.commits * static_cast<double>(workers);
}

// Whether nobody trains any more, and nobody asks for a checkpoint.
bool NodeRelay::is_over() const {
  if (setup_.coordinator == nullptr) return setup_.orders->finished();
  const bool asks = setup_.checkpoints != nullptr && setup_.checkpoints->asked() != 0;
  return setup_.coordinator->all_finished() && !asks;
}

void NodeRelay::exchange_with_center() {
  relay_.take();
  relay_.exchange();
  relay_.give();
  setup_.courier.arrive(complete(record_, center_));
  due_s_ = now_s() + interval_.seconds;
  if (tally_.unfinished > 0) {
    if (setup_.courier.is_time()) return setup_.courier.send();
    return setup_.courier.say();
  }
  setup_.duties.until([&] { return setup_.courier.finished() == setup_.workers; });
  setup_.courier.send_the_rest();
  is_done_ = true;
}

bool NodeRelay::exchange_when_due() {
  setup_.duties.deliver_at_once();
  for (;;) {
    setup_.duties.until([&] { return all_stand() || (is_done_ ? is_over() : is_due()); });
    const bool stands = all_stand();
    if (!is_done_) {
      exchange_with_center();
    } else if (!stands) {
      break;
    }
    if (!stands) continue;
    look_at_workers();
    const Tally all = add_up(tally_);
    before_ = all.commits;
    if (!stand(all)) return false;
  }
  if (setup_.board != nullptr) setup_.board->finish();
  return true;
}

bool NodeRelay::meet_by_the_clock() {
  for (;;) {
    times_.go_on(now_s());
    setup_.duties.until([&] {
      const std::uint64_t workers = unfinished();
      if (all_stand() || workers == 0) return true;
      if (times_.next_s() > 0.0) return now_s() >= times_.next_s();
      return setup_.node.updates() - tally_.commits >= workers;
    });
    peers_.meet();
    const double begun_s = now_s();
    relay_.take();
    const Tally all = add_up(tally_);
    relay_.exchange();
    relay_.give();
    setup_.courier.arrive(complete(record_, center_));
    if (setup_.checkpoints != nullptr) {
      setup_.checkpoints->trained(setup_.coordinator->book().steps() + all.steps);
    }
    if (all.samples >= all.to_go || all.is_time > 0) send_sums();
    if (all.unfinished == 0) return true;
    const std::uint64_t commits = all.commits - std::exchange(before_, all.commits);
    if (all.checkpoint == 0 || all.moving > 0 || all.standing == 0) {
      times_.met(begun_s, commits, all.unfinished);
    } else {
      times_.stand(begun_s, commits, all.unfinished);
      if (!stand(all)) return false;
    }
  }
}

// All at this meeting: rank 0 has them before anyone comes to the next.
void NodeRelay::send_sums() {
  setup_.courier.send();
  for (std::size_t relay = 1; relay < sent_.size(); ++relay) ++sent_[relay];
  if (setup_.coordinator == nullptr) return;
  // More where this was the last meeting, after which others send what they have left.
  setup_.duties.until([&] { return setup_.courier.has_come(sent_); });
  setup_.courier.deliver();
}

// At the cut: whether the run goes on.
bool NodeRelay::stand(const Tally& all) {
  checkpoint_ = all.checkpoint;
  if (all.standing == 0) {  // all have finished meanwhile
    if (setup_.checkpoints != nullptr) setup_.checkpoints->cancel();
    return true;
  }
  if (setup_.claims != nullptr) {
    setup_.claims->give_back();
    setup_.duties.until([&] { return setup_.claims->has_given_back(); });
  }
  if (setup_.writer != nullptr) {
    if (auto notice = setup_.writer->wait()) setup_.courier.tell(*notice);
  }
  setup_.courier.send_cut(checkpoint_, setup_.writer != nullptr);
  if (setup_.writer != nullptr) {
    setup_.writer->write(checkpoint_, [&](State& state) {
      std::optional<checkpoint::CenterCopy> center = checkpoint::CenterCopy::of(setup_.node);
      state("center", center);
      state("relay", *this);
    });
  }
  sum({});  // no worker goes on before all have copied
  if (setup_.checkpoints != nullptr) {
    setup_.duties.until([&] { return setup_.courier.has_come(sent_); });
    setup_.courier.deliver();
    setup_.write_checkpoint();
  }
  // Before rank 0 has copied the relays' center nobody exchanges with it.
  setup_.duties.until([&] {
    return static_cast<std::uint64_t>(setup_.node.board().load(center::Cell::released)) ==
           checkpoint_;
  });
  if (setup_.claims != nullptr) setup_.claims->go_on();
  return all.stops == 0;
}

void NodeRelay::keep(State& state) {
  double time_s = now_s();
  state("time_s", time_s);
  if (state.reading()) {
    start_ -= std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(time_s - now_s()));
    goes_on_ = true;
  }
  state("relay", relay_);
  if (center_) state("center", *center_);
  state("times", times_);
  state("before", before_);
  state("due_s", due_s_);
  state("commits", tally_.commits);
  state("exchange", record_.exchange);
  state("is_done", is_done_);
  state("courier", setup_.courier);
}

void NodeRelay::begin_after(std::uint64_t commits) {
  before_ = commits;
  if (setup_.coordinator == nullptr) return;
  setup_.node.set_updates(commits);
  tally_.commits = commits;
}

NodeRelay::Tally NodeRelay::add_up(const Tally& tally) {
  std::array<std::uint64_t, 10> sums{
      tally.unfinished, tally.commits,    tally.standing, tally.moving, tally.steps,
      tally.samples,    tally.checkpoint, tally.stops,    tally.to_go,  tally.is_time};
  sum(sums);
  return {.unfinished = sums[0],
          .commits = sums[1],
          .standing = sums[2],
          .moving = sums[3],
          .steps = sums[4],
          .samples = sums[5],
          .checkpoint = sums[6],
          .stops = sums[7],
          .to_go = sums[8],
          .is_time = sums[9]};
}

// Over all relays; with it goes what each has sent to rank 0.
void NodeRelay::sum(std::span<std::uint64_t> values) {
  std::vector<std::uint64_t> sums(values.begin(), values.end());
  sums.resize(values.size() + peers_.count());
  sums[values.size() + peers_.index()] = setup_.courier.sent();
  peers_.sum(std::span(sums));
  const auto sent = sums.begin() + static_cast<std::ptrdiff_t>(values.size());
  std::copy(sums.begin(), sent, values.begin());
  sent_.assign(sent, sums.end());
}

}  // namespace tusk::relay
