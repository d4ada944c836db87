// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tusk/aligned_vector.hpp"

namespace tusk::center {

class ControlBoard;

// Rank 0's side of the center variable, which make_center makes and coordinator::serve() works
// with. For the main thread of rank 0. Nothing here is collective but the destructor. Throws
// Error(internal) when the transport fails.
class CenterServer {
 public:
  virtual ~CenterServer() = default;

  virtual std::size_t size() const = 0;  // of all θ: the weights, and the statistics behind them

  // Lets the transport make progress: `message` answers workers here; `rma` calls into the MPI
  // library, which does workers' operations only while it is called; `shared` needs nothing.
  // Returns whether something happened. Rank 0 calls it between slices of other work of about a
  // millisecond.
  virtual bool progress() = 0;

  // How long rank 0 may sleep when nothing has happened for `idle_s` seconds: 5 ms for `shared`,
  // else adaptive (0 at first, then 10 µs, later 200 µs).
  virtual double sleep_s(double idle_s) const = 0;

  // out = θ, from one sweep; under `snapshot` exactly the center after `version` commits, the value
  // returned. Workers are not held up for longer than by a worker's pull.
  virtual std::uint64_t snapshot(std::span<float> out) = 0;

  // What it keeps of an outer momentum (OuterMomentum), two numbers a weight: v, then θ_kept. Empty
  // if it keeps none. For checkpoints, while no worker commits.
  virtual AlignedVector<float> momentum() { return {}; }

  // The two calls of a node's relay; Error(internal) where a center has none. Each is one sweep.
  //
  // take: a snapshot, which begins an exchange. `kept`: for each statistic the share of it, as it
  // was at the last take(), that is left in it: what the commits since then have multiplied it
  // with. From here on that is counted anew, from 1.
  virtual std::uint64_t take(std::span<float> out, std::span<float> kept);

  // merge: θ += change, of all θ, as a whole, and θ_kept with it: what the relay brings from other
  // nodes. Of a statistic's change only the share is added that is left of it since take(), so that
  // it is as if the workers had begun at what the relay brings. It is no commit: takes no ticket
  // and counts in nobody's staleness. Returns the number of commits before it.
  virtual std::uint64_t merge(std::span<const float> change);

  // The number of commits so far.
  virtual std::uint64_t updates() = 0;

  // For a run that goes on: so many commits have been before. Before the workers begin.
  virtual void set_updates(std::uint64_t updates) = 0;

  virtual ControlBoard& board() = 0;
};

}  // namespace tusk::center
