// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "exchange/center/control_board.hpp"
#include "exchange/center/local_center.hpp"
#include "run/simulation/center_access.hpp"
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

// Where the relay of a node sleeps until the node's workers have done enough. Everything is called
// in a turn.
class Bell {
 public:
  // Parks the relay until `due` says yes after some worker's ring(); not if it says so now.
  using Due = std::function<bool()>;
  void sleep(Scheduler::Turn&& turn, std::size_t relay, Due due);
  void ring(Scheduler::Turn& turn);

 private:
  std::size_t relay_ = 0;
  Due due_;
};

// A virtual worker's access to the center: a LocalCenter whose calls arrive at the worker's time,
// take what an exchange takes (CenterAccess), and return when they are complete. With the times of
// a run each takes what one took there, and what it waited for the server is in it.
class VirtualCenter final : public center::CenterVariable {
 public:
  // What an exchange costs. The state's vector stands for one of `parameters` numbers; it is one of
  // `shards` of the center, which share a measured time. Commits are compressed as over `message`.
  struct Costs {
    const Network& network;
    const StepTimes& times;
    std::size_t parameters = 0;
    std::size_t shards = 1;
    CompressionOptions compression{};
  };
  // What `costs` and `site` refer to must outlive the object. `bell`: rung after a commit; or null.
  VirtualCenter(std::shared_ptr<center::LocalState> state, const Costs& costs, Scheduler& scheduler,
                std::size_t worker, CenterSite site, Bell* bell = nullptr);

  std::size_t size() const override { return center_.size(); }
  std::size_t statistics() const override { return center_.statistics(); }
  center::Commit perform(const center::Update& update) override;
  center::ControlBoard& board() override { return board_; }

  // Beside the steps: it has its effect where it arrives, and brings it where it is complete.
  void start(const center::Update& update) override;
  bool advance() override { return true; }
  center::Commit complete() override;

  void keep(State& state) override {
    state("center", center_);
    state("exchanges", exchanges_);
  }

 private:
  Load load_of(const center::Update& update);
  void arrived(const center::Update& update, Scheduler::Turn& turn);

  center::LocalCenter center_;
  Costs costs_;
  CenterAccess access_;
  std::size_t worker_;
  Bell* bell_;
  std::uint64_t exchanges_ = 0;
  VirtualBoard board_;
};

// Bytes of memory that an update of `parameters` weights reads and writes: commit_change 24 each, a
// pull 8. (delayed_nesterov's D-th commits read and write 16 more, which are left out.)
double swept_bytes(const center::Update& update, std::size_t parameters);

}  // namespace tusk::simulation
