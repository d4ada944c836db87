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

VirtualCenter::VirtualCenter(std::shared_ptr<center::LocalState> state, std::size_t parameters,
                             Scheduler& scheduler, std::size_t worker, const Network& network,
                             Server& server)
    : center_(std::move(state)),
      parameters_(parameters),
      scheduler_(scheduler),
      worker_(worker),
      network_(network),
      server_(server),
      board_(center_.board(), scheduler, worker) {}

center::Commit VirtualCenter::perform(const center::Update& update) {
  Scheduler::Turn turn(scheduler_, worker_);
  const std::size_t vectors = (update.in != nullptr ? 1 : 0) + (update.out != nullptr ? 1 : 0);
  const double cost_s = network_.bytes_s(vectors * parameters_ * sizeof(float));
  turn.end_at(server_.serve(turn.time_s(), cost_s));
  return center_.perform(update);
}

}  // namespace tusk::simulation
