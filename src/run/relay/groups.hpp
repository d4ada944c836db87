// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

namespace tusk::relay {

// Which workers share a node's center: so many after each other, the last group with what is left.
class Groups {
 public:
  Groups(std::size_t workers, std::size_t workers_per_node)
      : workers_(workers), per_node_(std::clamp<std::size_t>(workers_per_node, 1, workers)) {}

  std::size_t count() const { return (workers_ + per_node_ - 1) / per_node_; }
  std::size_t of(std::size_t worker) const { return worker / per_node_; }
  std::size_t first(std::size_t group) const { return group * per_node_; }
  std::size_t size(std::size_t group) const { return std::min(workers_ - first(group), per_node_); }

 private:
  std::size_t workers_;
  std::size_t per_node_;
};

}  // namespace tusk::relay
