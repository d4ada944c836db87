// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exchange/center/control_board.hpp"
#include "exchange/center/local_center.hpp"
#include "run/simulation/network.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/step_times.hpp"
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
// worker's time, are served one after another, and return when they are complete. With the times of
// a run each takes what one took there, and what it waited for the server is in it.
class VirtualCenter final : public center::CenterVariable {
 public:
  // What an exchange costs. The state's vector stands for one of `parameters` numbers; it is one of
  // `shards` of the center, which share a measured time.
  struct Costs {
    const Network& network;
    const StepTimes& times;
    std::size_t parameters = 0;
    std::size_t shards = 1;
  };
  // What `costs` refers to must outlive the object.
  VirtualCenter(std::shared_ptr<center::LocalState> state, const Costs& costs, Scheduler& scheduler,
                std::size_t worker, Server& server);

  std::size_t size() const override { return center_.size(); }
  std::size_t statistics() const override { return center_.statistics(); }
  center::Commit perform(const center::Update& update) override;
  center::ControlBoard& board() override { return board_; }
  void keep(State& state) override {
    state("center", center_);
    state("exchanges", exchanges_);
  }

 private:
  double done_s(double arrival_s, const center::Update& update);

  center::LocalCenter center_;
  Costs costs_;
  Scheduler& scheduler_;
  std::size_t worker_;
  Server& server_;
  std::uint64_t exchanges_ = 0;
  VirtualBoard board_;
};

}  // namespace tusk::simulation
