// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "tusk/state.hpp"

namespace tusk::relay {

// The partitions of the training set that nobody has claimed, on rank 0 of a tree: the numbers
// first, …, end − 1 of worker::PartitionPasses, each of which is given out once. What a relay had
// claimed for its workers and none of them has begun comes back, and is the next to be given out.
class ClaimDesk {
 public:
  ClaimDesk(std::uint64_t first, std::uint64_t end) : next_(first), end_(end) {}

  // What a relay gets. `closed`: nothing any more that no worker waits for, so that nobody is left
  // without work while others have some lying before them. `over`: nothing at all.
  struct Grant {
    std::vector<std::uint64_t> claims{};
    bool closed = false;
    bool over = false;
  };

  // The lowest there are, for so many workers who wait and so many ahead of them. It is closed from
  // where no more than `workers`, of the tree, are left.
  Grant grant(std::size_t waiting, std::size_t ahead, std::size_t workers);
  void take_back(const std::vector<std::uint64_t>& claims);

  // What has been given out are those below next(), but for those that have come back.
  std::uint64_t next() const { return next_; }
  std::vector<std::uint64_t> back() const { return {back_.begin(), back_.end()}; }

  void keep(State& state);

 private:
  std::uint64_t left() const { return back_.size() + (end_ - next_); }
  std::uint64_t take();

  std::uint64_t next_;
  std::uint64_t end_;
  std::set<std::uint64_t> back_;
};

}  // namespace tusk::relay
