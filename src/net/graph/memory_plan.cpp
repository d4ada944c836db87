// SPDX-License-Identifier: Apache-2.0
#include "net/graph/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace tusk::graph {

std::size_t MemoryPlan::add(std::size_t size, std::size_t first, std::size_t last) {
  parts_.push_back({.size = padded(size), .first = first, .last = last});
  return parts_.size() - 1;
}

void MemoryPlan::use(std::size_t part, std::size_t time) {
  parts_[part].first = std::min(parts_[part].first, time);
  parts_[part].last = std::max(parts_[part].last, time);
}

std::size_t MemoryPlan::place() {
  std::vector<std::size_t> order(parts_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return parts_[a].size > parts_[b].size; });
  std::vector<const Part*> placed;  // by offset
  std::size_t all = 0;
  for (const std::size_t index : order) {
    Part& part = parts_[index];
    part.offset = 0;
    for (const Part* other : placed) {
      const bool meet = part.first <= other->last && other->first <= part.last;
      if (!meet || other->offset + other->size <= part.offset) continue;
      if (part.offset + part.size <= other->offset) break;
      part.offset = other->offset + other->size;
    }
    const auto behind = std::ranges::upper_bound(placed, part.offset, {},
                                                 [](const Part* other) { return other->offset; });
    placed.insert(behind, &part);
    all = std::max(all, part.offset + part.size);
  }
  return all;
}

}  // namespace tusk::graph
