// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "run/simulation/scheduler.hpp"
#include "run/simulation/virtual_center.hpp"
#include "run/simulation/virtual_cut.hpp"
#include "run/worker/gate.hpp"

namespace tusk::simulation {

// What the gates of all virtual workers know: how many windows each has completed and who waits.
class Gatekeeper {
 public:
  Gatekeeper(std::size_t workers, std::optional<std::size_t> max_staleness)
      : completed_(workers), waiting_(workers), max_staleness_(max_staleness) {}

  bool bounds() const { return max_staleness_.has_value(); }

  // Whether every unfinished worker has completed window − s windows, which stale-synchronous
  // parallel asks for.
  bool may_begin(std::uint64_t window) const;

  void wait(std::size_t worker, std::uint64_t window) { waiting_[worker] = window; }

  // Wakes those who may begin now. Returns who they are.
  std::vector<std::size_t> complete(std::size_t worker, std::uint64_t windows,
                                    Scheduler::Turn& turn);

  // Whoever waits asks again when the run goes on.
  void keep(State& state) { state("completed", completed_); }

 private:
  std::vector<std::uint64_t> completed_;
  std::vector<std::optional<std::uint64_t>> waiting_;  // the window that a parked worker waits for
  std::optional<std::size_t> max_staleness_;
};

// A virtual worker's gate: worker::BoardGate in virtual time. A worker that waits goes on when
// the one that it waited for has completed its window.
class VirtualGate final : public worker::Gate {
 public:
  // `board`: the center's own, where rank 0's orders are; `bell`: of the node's relay. All must
  // outlive the object.
  VirtualGate(Gatekeeper& keeper, VirtualCut& cut, center::ControlBoard& board, Bell& bell,
              Scheduler& scheduler, std::size_t worker)
      : keeper_(keeper),
        cut_(cut),
        board_(board),
        bell_(bell),
        scheduler_(scheduler),
        worker_(worker) {}

  center::Orders enter(std::uint64_t window, worker::Standing& standing) override;
  void complete(std::uint64_t windows) override;
  void finish() override;
  void leave() override;

 private:
  bool stand(std::uint64_t window);

  Gatekeeper& keeper_;
  VirtualCut& cut_;
  center::ControlBoard& board_;
  Bell& bell_;
  Scheduler& scheduler_;
  std::size_t worker_;
};

}  // namespace tusk::simulation
