// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mpi/polite_wait.hpp"
#include "mpi/rma_window.hpp"

namespace tusk::center {

// A lock in an rma window that is given in the order in which it was asked for: a number is drawn,
// and has its turn when another cell has come to it (a ticket lock: Mellor-Crummey & Scott, ACM
// TOCS 1991). Free, it costs three round trips to the host. rma_transport.cpp has the only one, in
// the window of the center.
//
// Not for std::lock_guard: after an error, which ends the job, nobody is to go on with what is half
// done. Throws Error(internal) when MPI reports an error.
class RmaLock {
 public:
  static constexpr std::size_t bytes = 2 * sizeof(std::int64_t);

  // On the `bytes` zeros at offset `at` of the window, which must outlive the object.
  RmaLock(mpi::RmaWindow& window, std::size_t at)
      : window_(window), drawn_at_(at), serving_at_(at + sizeof(std::int64_t)) {}

  void lock() {
    mine_ = window_.fetch_add(1, drawn_at_);
    mpi::progress_until([this] { return window_.load(serving_at_) == mine_; },
                        [] { return false; });
  }

  // Everything that this rank has done is at the host before.
  void unlock() {
    window_.flush();
    window_.replace(mine_ + 1, serving_at_);
  }

 private:
  mpi::RmaWindow& window_;
  std::size_t drawn_at_;
  std::size_t serving_at_;
  std::int64_t mine_ = 0;
};

}  // namespace tusk::center
