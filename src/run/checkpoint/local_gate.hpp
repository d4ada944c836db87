// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "run/checkpoint/checkpointer.hpp"
#include "run/worker/gate.hpp"

namespace tusk::coordinator {
class Coordinator;
}
namespace tusk::center {
class CenterServer;
}

namespace tusk::checkpoint {

// The gate of the only worker, in the same process as rank 0: a checkpoint is taken between two of
// its windows.
class LocalGate final : public worker::Gate {
 public:
  struct Around {
    Checkpointer& checkpointer;
    coordinator::Coordinator& coordinator;
    center::CenterServer& server;  // of the board, and of the center if there is one
    bool has_center = false;
    std::function<void(std::span<float>)> snapshot;  // copies the model

    // If there were more workers before: the steps of each that is gone, and how many steps the run
    // has done that are not this worker's.
    std::vector<std::uint64_t> steps_of_gone{};
    std::int64_t steps_apart = 0;
  };

  // `gate`: what holds the worker beside that. What is referred to must outlive the object.
  LocalGate(std::unique_ptr<worker::Gate> gate, Around around)
      : gate_(std::move(gate)), around_(std::move(around)) {}

  center::Orders enter(std::uint64_t window, worker::Standing& standing) override;
  void complete(std::uint64_t windows) override { gate_->complete(windows); }
  void finish() override { gate_->finish(); }

 private:
  void take(worker::Standing& standing);
  std::uint64_t steps(const worker::Standing& standing) const;  // of all workers there have been

  std::unique_ptr<worker::Gate> gate_;
  Around around_;
};

}  // namespace tusk::checkpoint
