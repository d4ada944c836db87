// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "mpi/communicator.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/coordinator/meeting_sink.hpp"
#include "run/worker/gate.hpp"

namespace tusk::checkpoint {

// The gate of a worker among peers, who go through the same windows. In every window they begin to
// agree whether there is to be a checkpoint (the largest of their wishes, a number that travels
// beside the window's steps), and at the next window's start they know: all of them stand at the
// same gate then.
class PeersGate final : public worker::Gate {
 public:
  // Rank 0's side.
  struct Head {
    Checkpointer& checkpointer;
    coordinator::Coordinator& coordinator;
    std::function<void(std::span<float>)> snapshot;

    // What has to be added to the steps of so many peers as there are: others than those have taken
    // steps, if the run has gone on with another number of them.
    std::int64_t steps_apart = 0;
  };

  // `head` on rank 0, `writer` on all others. `board`: this worker's own. `communicator` is for the
  // gates alone. What is referred to must outlive the object.
  PeersGate(std::unique_ptr<worker::Gate> gate, const mpi::Communicator& communicator,
            coordinator::MeetingSink& sink, center::ControlBoard& board, std::optional<Head> head,
            PartWriter* writer)
      : gate_(std::move(gate)),
        communicator_(communicator),
        sink_(sink),
        board_(board),
        head_(std::move(head)),
        writer_(writer) {}

  void begin_pass(std::size_t windows) override;  // collective
  center::Orders enter(std::uint64_t window, worker::Standing& standing) override;
  void complete(std::uint64_t windows) override { gate_->complete(windows); }
  void finish() override { gate_->finish(); }

 private:
  std::uint64_t steps(const worker::Standing& standing) const;  // of all, on rank 0
  std::uint64_t wish(const worker::Standing& standing);
  void take(std::uint64_t agreed, worker::Standing& standing);

  std::unique_ptr<worker::Gate> gate_;
  const mpi::Communicator& communicator_;
  coordinator::MeetingSink& sink_;
  center::ControlBoard& board_;
  std::optional<Head> head_;
  PartWriter* writer_;
  std::size_t left_ = 0;  // windows of the pass, which all have
  bool asked_ = false;
  std::uint64_t value_ = 0;
  mpi::Request request_;  // last: it ends before what it uses
};

}  // namespace tusk::checkpoint
