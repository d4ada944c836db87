// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "run/checkpoint/notices.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/records/report.hpp"
#include "run/worker/board_gate.hpp"
#include "run/worker/gate.hpp"

namespace tusk::checkpoint {

// The gate of a worker that is served by rank 0 (served_checkpoints.hpp has its side). When a
// checkpoint is asked for (Cell::checkpoint), the worker ends its exchange, copies its state, tells
// rank 0 that it has arrived, and waits until it may go on (Cell::released). Its part is written
// beside the training. A signal that it has been sent it passes on.
class ServedGate final : public worker::Gate {
 public:
  // What is referred to must outlive the object.
  ServedGate(std::unique_ptr<worker::BoardGate> gate, center::ControlBoard& board,
             records::ReportSink& sink, PartWriter& writer, std::uint32_t worker)
      : gate_(std::move(gate)), board_(board), sink_(sink), writer_(writer), worker_(worker) {}

  center::Orders enter(std::uint64_t window, worker::Standing& standing) override;
  void complete(std::uint64_t windows) override { gate_->complete(windows); }
  void finish() override { gate_->finish(); }

 private:
  void take_part(std::uint64_t cut, worker::Standing& standing);

  std::unique_ptr<worker::BoardGate> gate_;
  center::ControlBoard& board_;
  records::ReportSink& sink_;
  PartWriter& writer_;
  std::uint32_t worker_;
  std::uint64_t answered_ = 0;
  SignalNotices signals_;
};

}  // namespace tusk::checkpoint
