// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/peers_gate.hpp"

#include <algorithm>

#include "core/log.hpp"
#include "run/checkpoint/signals.hpp"
#include "run/coordinator/coordinator.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

// A wish: nothing, a checkpoint, or the end of the run with one; beyond that by so much as the
// signal's number that asks for the end.
constexpr std::uint64_t no_wish = 0;
constexpr std::uint64_t checkpoint_wish = 1;
constexpr std::uint64_t stop_wish = 2;

}  // namespace

// Where the peers go through different numbers of windows they cannot agree in them.
void PeersGate::begin_pass(std::size_t windows) {
  const bool same = communicator_.min(windows) == communicator_.max(windows);
  left_ = same ? windows : 0;
}

center::Orders PeersGate::enter(std::uint64_t window, worker::Standing& standing) {
  if (writer_ != nullptr) {
    if (auto notice = writer_->poll()) sink_.submit(std::move(*notice));
  }
  if (head_) {
    sink_.receive();
    head_->checkpointer.poll();
  }
  if (left_ > 0) {
    --left_;
    if (asked_) {
      request_.wait();
      asked_ = false;
      if (value_ != no_wish) take(value_, standing);
    }
    if (board_.load(center::Cell::stop) == 0) {
      value_ = wish(standing);
      request_ = communicator_.iall_max(value_);
      asked_ = true;
    }
  }
  return gate_->enter(window, standing);
}

std::uint64_t PeersGate::steps(const worker::Standing& standing) const {
  const auto peers = static_cast<std::uint64_t>(communicator_.size());
  return standing.steps() * peers + static_cast<std::uint64_t>(head_->steps_apart);
}

std::uint64_t PeersGate::wish(const worker::Standing& standing) {
  if (const int signal = Signals::stop(); signal != 0) {
    return stop_wish + static_cast<std::uint64_t>(signal);
  }
  if (!head_) return Signals::take_wish() ? checkpoint_wish : no_wish;
  Checkpointer& checkpointer = head_->checkpointer;
  const Progress now{checkpointer.now_s(), steps(standing), head_->coordinator.epochs()};
  if (!checkpointer.wanted(now)) return no_wish;
  return checkpointer.stops() ? stop_wish : checkpoint_wish;
}

void PeersGate::take(std::uint64_t agreed, worker::Standing& standing) {
  if (writer_ != nullptr) {
    if (auto notice = writer_->wait()) sink_.submit(std::move(*notice));
  }
  sink_.drain();
  const auto peers = static_cast<std::size_t>(communicator_.size());
  std::uint64_t cut = 0;
  double start_s = 0.0;
  if (head_) {
    Checkpointer& checkpointer = head_->checkpointer;
    start_s = checkpointer.now_s();
    if (agreed > stop_wish) Signals::note_stop(static_cast<int>(agreed - stop_wish));
    if (agreed >= stop_wish) checkpointer.wanted({});  // takes note of the reason
    try {
      cut = checkpointer.begin();
    } catch (const Error& error) {
      if (agreed >= stop_wish) throw;
      warning("no checkpoint was written: {}", error.what());
    }
  }
  communicator_.broadcast(std::as_writable_bytes(std::span(&cut, 1)), 0);
  if (cut == 0) return;
  if (writer_ != nullptr) {
    writer_->write(cut, [&](State& state) { state("worker", standing); });
  }
  if (head_) {
    AlignedVector<float> model(standing.parameters());
    head_->snapshot(model);
    std::optional<CenterCopy> no_center;
    head_->checkpointer.write({.step = steps(standing),
                               .epochs = head_->coordinator.epochs(),
                               .finished = std::vector<std::uint8_t>(peers, 0),
                               .steps = std::vector<std::uint64_t>(peers, standing.steps()),
                               .keep =
                                   [&](State& state) {
                                     state("center", no_center);
                                     state("coordinator", head_->coordinator);
                                     state("worker", standing);
                                   },
                               .model = std::move(model),
                               .parts = std::vector<std::uint8_t>(peers, 1)});
    head_->checkpointer.stalled(head_->checkpointer.now_s() - start_s);
  }
  if (agreed < stop_wish) return;
  board_.store(center::Cell::stop, static_cast<std::int64_t>(coordinator::StopReason::for_later));
}

}  // namespace tusk::checkpoint
