// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_center.hpp"

#include <utility>

#include "exchange/center/update.hpp"

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

void Bell::sleep(Scheduler::Turn&& turn, std::size_t relay, Due due) {
  if (due()) return;
  relay_ = relay;
  due_ = std::move(due);
  std::move(turn).park();
}

void Bell::ring(Scheduler::Turn& turn) {
  if (!due_ || !due_()) return;
  due_ = {};
  turn.wake(relay_, turn.time_s());
}

VirtualCenter::VirtualCenter(std::shared_ptr<center::LocalState> state, const Costs& costs,
                             Scheduler& scheduler, std::size_t worker, CenterSite site, Bell* bell)
    : center_(std::move(state), costs.compression),
      costs_(costs),
      access_(scheduler, worker, costs.network, site),
      worker_(worker),
      bell_(bell),
      board_(center_.board(), scheduler, worker) {}

center::Commit VirtualCenter::perform(const center::Update& update) {
  center::Commit commit;
  access_.exchange(load_of(update), [&](Scheduler::Turn& turn) {
    commit = center_.perform(update);
    arrived(update, turn);
  });
  return commit;
}

void VirtualCenter::start(const center::Update& update) {
  access_.begin(load_of(update), [&](Scheduler::Turn& turn) {
    center_.start(update);
    center_.advance();
    arrived(update, turn);
  });
}

center::Commit VirtualCenter::complete() {
  access_.end();
  return center_.complete();
}

void VirtualCenter::arrived(const center::Update& update, Scheduler::Turn& turn) {
  if (bell_ != nullptr && update.commits()) bell_->ring(turn);
}

Load VirtualCenter::load_of(const center::Update& update) {
  Load load{.took_s = costs_.times.exchange_s(worker_, exchanges_++)};
  if (load.took_s) *load.took_s /= static_cast<double>(costs_.shards);
  const std::size_t vector = costs_.parameters * sizeof(float);
  const bool compresses = costs_.compression.kind != CompressionKind::none;
  if (update.out != nullptr) load.sent += vector;
  if (update.in != nullptr) {
    load.sent +=
        compresses ? center::compressed_bytes(costs_.compression, costs_.parameters) : vector;
  }
  load.swept = swept_bytes(update, costs_.parameters);
  return load;
}

double swept_bytes(const center::Update& update, std::size_t parameters) {
  std::size_t vectors = update.commits() ? 2 : 1;  // θ
  if (update.in != nullptr) ++vectors;
  if (update.out != nullptr) ++vectors;
  if (update.base != nullptr) vectors += 2;
  return static_cast<double>(vectors * parameters * sizeof(float));
}

}  // namespace tusk::simulation
