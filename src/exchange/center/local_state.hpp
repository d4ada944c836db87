// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "exchange/center/cells.hpp"
#include "exchange/center/update.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/state.hpp"

namespace tusk::center {

// θ, its update counter and its board in this process's own memory: what LocalCenter and
// MessageServer work on. The last `statistics` numbers of θ are statistics. `momentum`: v and
// θ_kept as they begin (CenterServer::momentum), or nothing. Not thread-safe.
class LocalState {
 public:
  LocalState(std::span<const float> initial, std::size_t workers, std::size_t statistics,
             std::span<const float> momentum = {});

  // The ticket of a commit, the version of a pull. The update is then ready to be applied to θ,
  // whole or slice by slice, before the next begins.
  std::uint64_t begin(Update& update);

  // As CenterServer's.
  void take(std::span<float> out, std::span<float> kept);
  void merge(std::span<const float> change);

  std::span<float> theta() { return theta_; }
  std::span<float> weights() { return std::span(theta_).first(theta_.size() - kept_.size()); }
  std::span<const float> momentum() const { return momentum_; }
  std::span<float> statistics() { return std::span(theta_).last(kept_.size()); }
  float* kept() { return kept_.data(); }  // of the statistics, since the last take()
  std::uint64_t updates() const { return updates_; }
  void set_updates(std::uint64_t updates) { updates_ = updates; }
  ControlBoard& board() { return board_; }

  // All of it.
  void keep(State& state) {
    state("theta", std::span(theta_));
    if (!momentum_.empty()) state("momentum", std::span(momentum_));
    if (!kept_.empty() && (!state.reading() || state.has("kept"))) {
      state("kept", std::span(kept_));
    }
    state("updates", updates_);
    state("cells", std::span(cells_));
  }

 private:
  AlignedVector<float> theta_;
  AlignedVector<float> kept_;
  AlignedVector<float> momentum_;  // v, then θ_kept
  std::uint64_t updates_ = 0;
  std::vector<std::int64_t> cells_;
  CellsBoard board_;
};

}  // namespace tusk::center
