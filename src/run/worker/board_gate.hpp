// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "run/worker/gate.hpp"

namespace tusk::worker {

// The gate of a worker in a real run, which reads the control board: the stop request, the learning
// rate's scale, and the workers' clocks if staleness is bounded. Costs one read of the board a
// window; with bounded staleness one more and a store, and further reads while it waits.
//
// With max_staleness = s a worker starts window c only when every unfinished worker has completed
// at least c − s windows (stale-synchronous parallel: Ho et al., NIPS 2013). Its staleness is then
// at most (n − 1)(2s + 1) where it commits at the window's end, (n − 1)(2s + 3) where it exchanges
// within the window and once more at the end of training, and the clocks of unfinished workers
// differ by at most s + 1. The wait sleeps, and ends at a request to stop or for a checkpoint.
class BoardGate final : public Gate {
 public:
  // `board` must outlive the object.
  BoardGate(center::ControlBoard& board, std::size_t worker,
            std::optional<std::size_t> max_staleness);

  // Returns at once, whether the window may begin or not, if a checkpoint has been asked for that
  // has not been answered.
  center::Orders enter(std::uint64_t window, Standing& standing) override;
  void answer(std::uint64_t checkpoint) { answered_ = checkpoint; }
  void complete(std::uint64_t windows) override;
  void finish() override;

 private:
  bool may_begin(std::uint64_t window);

  center::ControlBoard& board_;
  std::size_t worker_;
  std::optional<std::size_t> max_staleness_;
  std::uint64_t answered_ = 0;
};

}  // namespace tusk::worker
