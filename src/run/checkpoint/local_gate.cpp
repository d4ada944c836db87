// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/local_gate.hpp"

#include "core/log.hpp"
#include "exchange/center/center_server.hpp"
#include "run/coordinator/coordinator.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {

center::Orders LocalGate::enter(std::uint64_t window, worker::Standing& standing) {
  Checkpointer& checkpointer = around_.checkpointer;
  checkpointer.poll();
  const Progress now{checkpointer.now_s(), standing.steps(), around_.coordinator.epochs()};
  if (checkpointer.wanted(now)) take(standing);
  return gate_->enter(window, standing);
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
  checkpointer.write({.step = standing.steps(),
                      .epochs = around_.coordinator.epochs(),
                      .finished = {0},
                      .steps = {standing.steps()},
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
