// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "tusk/real.hpp"

namespace tusk::graph {

// Numbers rounded up to whole cache lines: every part of a workspace begins at one, so that it is
// as fast and rounds the same wherever it lies.
constexpr std::size_t padded(std::size_t count) {
  constexpr std::size_t line = 64 / sizeof(Real);
  return (count + line - 1) / line * line;
}

// Shares one piece of memory among parts that are in use at different times. plan_passes() says
// which parts there are and when, place() where they lie: each as low as those let it that are in
// use at the same time, the largest first. Times count the steps of a pass.
class MemoryPlan {
 public:
  // A part of so many numbers, in use from `first` to `last`, both included. Returns its index.
  std::size_t add(std::size_t size, std::size_t first, std::size_t last);

  // The part is in use at this time, too.
  void use(std::size_t part, std::size_t time);

  // Finds each part its place. Returns how many numbers they need together.
  std::size_t place();

  std::size_t offset(std::size_t part) const { return parts_[part].offset; }
  std::size_t size(std::size_t part) const { return parts_[part].size; }

 private:
  struct Part {
    std::size_t size = 0;  // padded
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t offset = 0;
  };

  std::vector<Part> parts_;
};

}  // namespace tusk::graph
