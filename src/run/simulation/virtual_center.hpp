// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exchange/center/control_board.hpp"
#include "exchange/center/local_center.hpp"
#include "run/simulation/network.hpp"
#include "run/simulation/scheduler.hpp"
#include "tusk/center.hpp"

namespace tusk::simulation {

// The board of a LocalCenter, touched in virtual order. It costs no time: the cells go along with
// the exchanges.
class VirtualBoard final : public center::ControlBoard {
 public:
  VirtualBoard(center::ControlBoard& board, Scheduler& scheduler, std::size_t worker)
      : ControlBoard(board.workers()), board_(board), scheduler_(scheduler), worker_(worker) {}

  void read(center::Cell first, std::span<std::int64_t> values) override;
  void store(center::Cell cell, std::int64_t value) override;
  std::int64_t fetch_add(center::Cell cell, std::int64_t value) override;

 private:
  center::ControlBoard& board_;
  Scheduler& scheduler_;
  std::size_t worker_;
};

// A virtual worker's access to the center: a LocalCenter whose calls arrive at the server at the
// worker's time, are served one after another, and return when they are complete.
class VirtualCenter final : public center::CenterVariable {
 public:
  // `parameters`: an exchange of the state's vector costs as much as one of so many numbers.
  VirtualCenter(std::shared_ptr<center::LocalState> state, std::size_t parameters,
                Scheduler& scheduler, std::size_t worker, const Network& network, Server& server);

  std::size_t size() const override { return center_.size(); }
  center::Commit perform(const center::Update& update) override;
  center::ControlBoard& board() override { return board_; }

 private:
  center::LocalCenter center_;
  std::size_t parameters_;
  Scheduler& scheduler_;
  std::size_t worker_;
  const Network& network_;
  Server& server_;
  VirtualBoard board_;
};

}  // namespace tusk::simulation
