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

template <typename Operation>
auto VirtualCenter::exchange(std::size_t vectors, Operation operation) {
  Scheduler::Turn turn(scheduler_, worker_);
  const double cost_s = network_.bytes_s(vectors * parameters_ * sizeof(float));
  turn.end_at(server_.serve(turn.time_s(), cost_s));
  return operation();
}

std::uint64_t VirtualCenter::pull(std::span<float> out) {
  return exchange(1, [&] { return center_.pull(out); });
}

center::Commit VirtualCenter::commit(std::span<const float> delta) {
  return exchange(1, [&] { return center_.commit(delta); });
}

center::Commit VirtualCenter::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  return exchange(2, [&] { return center_.commit_and_pull(delta, out); });
}

center::Commit VirtualCenter::commit_scaled(std::span<const float> delta,
                                            const center::Scaling& scaling, std::span<float> out) {
  return exchange(2, [&] { return center_.commit_scaled(delta, scaling, out); });
}

center::Commit VirtualCenter::commit_change(std::span<float> x, std::span<float> pulled,
                                            const Change& change) {
  return exchange(2, [&] { return center_.commit_change(x, pulled, change); });
}

center::Commit VirtualCenter::elastic(std::span<const float> x, float alpha,
                                      std::span<float> force) {
  return exchange(2, [&] { return center_.elastic(x, alpha, force); });
}

}  // namespace tusk::simulation
