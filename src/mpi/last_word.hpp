// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "mpi/rma_window.hpp"

namespace tusk::mpi {

class Communicator;

// Who reports the error that ends the job. Many ranks may meet one at once, each by itself, as a
// loss that is not finite; the user is to see one line. The ranks of a node share a flag, and the
// first to claim it speaks. Nodes, and ranks where MPI shares no memory (Open MPI with --mca osc
// pt2pt), take turns of 50 ms, so that the first speaker has taken the others down before theirs.
class LastWord {
 public:
  // Collective, as is the object's end.
  explicit LastWord(const Communicator& world);

  // Whether this rank is to speak: waits for its turn. Calls nothing of MPI, so that it answers on
  // any thread, whatever the other ranks are doing.
  bool claim();

  // The same at once, for what is noticed on one node alone.
  bool claim_now();

  // Memory that the ranks of a node share for as long as the object lives, all 0 at first, so much
  // for each of them; empty where MPI shares none. Aligned as the cache's lines.
  static constexpr std::size_t bytes_a_rank = 64;
  std::span<std::byte> memory() const { return memory_; }
  std::size_t rank_on_node() const { return rank_on_node_; }

 private:
  std::optional<RmaWindow> shared_;  // memory_, and the flag before it
  std::span<std::byte> memory_;
  std::byte* flag_ = nullptr;
  std::size_t rank_on_node_ = 0;
  std::chrono::milliseconds turn_{};
};

}  // namespace tusk::mpi
