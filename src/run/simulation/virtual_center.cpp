// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_center.hpp"

#include <utility>

namespace tusk::simulation {

void VirtualBoard::read(center::Cell first, std::span<std::int64_t> values) {
  const Scheduler::Turn turn(scheduler_, worker_);
  board_.read(first, values);
}

void VirtualBoard::store(center::Cell cell, std::int64_t value) {
  const Scheduler::Turn turn(scheduler_, worker_);
  board_.store(cell, value);
}

std::int64_t VirtualBoard::fetch_add(center::Cell cell, std::int64_t value) {
  const Scheduler::Turn turn(scheduler_, worker_);
  return board_.fetch_add(cell, value);
}

VirtualCenter::VirtualCenter(std::shared_ptr<center::LocalState> state, const Costs& costs,
                             Scheduler& scheduler, std::size_t worker, Server& server)
    : center_(std::move(state)),
      costs_(costs),
      scheduler_(scheduler),
      worker_(worker),
      server_(server),
      board_(center_.board(), scheduler, worker) {}

center::Commit VirtualCenter::perform(const center::Update& update) {
  Scheduler::Turn turn(scheduler_, worker_);
  turn.end_at(done_s(turn.time_s(), update));
  return center_.perform(update);
}

double VirtualCenter::done_s(double arrival_s, const center::Update& update) {
  if (const auto took_s = costs_.times.exchange_s(worker_, exchanges_++)) {
    return arrival_s + *took_s / static_cast<double>(costs_.shards);
  }
  const std::size_t vectors = (update.in != nullptr ? 1 : 0) + (update.out != nullptr ? 1 : 0);
  const double cost_s = costs_.network.bytes_s(vectors * costs_.parameters * sizeof(float));
  return server_.serve(arrival_s, cost_s);
}

}  // namespace tusk::simulation
