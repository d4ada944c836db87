// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/local_gate.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "exchange/center/center_server.hpp"
#include "run/coordinator/coordinator.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {

center::Orders LocalGate::enter(std::uint64_t window, worker::Standing& standing) {
  Checkpointer& checkpointer = around_.checkpointer;
  checkpointer.poll();
  const Progress now{checkpointer.now_s(), steps(standing), around_.coordinator.epochs()};
  if (checkpointer.wanted(now)) take(standing);
  return gate_->enter(window, standing);
}

std::uint64_t LocalGate::steps(const worker::Standing& standing) const {
  return standing.steps() + static_cast<std::uint64_t>(around_.steps_apart);
}

void LocalGate::take(worker::Standing& standing) {
  Checkpointer& checkpointer = around_.checkpointer;
  const double start_s = checkpointer.now_s();
  standing.end_exchange();
  try {
    checkpointer.begin();
  } catch (const Error& error) {
    if (checkpointer.stops()) throw;
    warning("no checkpoint was written: {}", error.what());
    return;
  }
  std::optional<CenterCopy> center;
  if (around_.has_center) center = CenterCopy::of(around_.server);
  AlignedVector<float> model(standing.parameters());
  around_.snapshot(model);
  std::vector<std::uint64_t> steps_by_worker{standing.steps()};
  steps_by_worker.insert(steps_by_worker.end(), around_.steps_of_gone.begin(),
                         around_.steps_of_gone.end());
  checkpointer.write({.step = steps(standing),
                      .epochs = around_.coordinator.epochs(),
                      .finished = {0},
                      .steps = std::move(steps_by_worker),
                      .keep =
                          [&](State& state) {
                            state("center", center);
                            state("coordinator", around_.coordinator);
                            state("worker", standing);
                          },
                      .model = std::move(model)});
  checkpointer.stalled(checkpointer.now_s() - start_s);
  if (!checkpointer.stops()) return;
  around_.server.board().store(center::Cell::stop,
                               static_cast<std::int64_t>(coordinator::StopReason::for_later));
}

}  // namespace tusk::checkpoint
