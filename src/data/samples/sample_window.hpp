// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/samples/sample_store.hpp"
#include "data/samples/stream_plan.hpp"
#include "tusk/random.hpp"

namespace tusk::samples {

// Some blocks of a shard in memory, and the order in which their samples are handed out.
class SampleWindow {
 public:
  SampleWindow(const SampleLayout& layout, std::size_t capacity) : store_(layout, capacity) {
    order_.reserve(capacity);
  }

  // Reads these blocks, numbered as in the plan, of `rows`; with `random`, the samples are handed
  // out in random order. Gives up between two transfers once `cancelled` says so, and returns
  // whether it did not. Error(bad_data), Error(io_error).
  bool fill(const datasets::Dataset& dataset, const datasets::Rows& rows, const StreamPlan& plan,
            std::span<const std::uint32_t> blocks, Random* random,
            const std::function<bool()>& cancelled);

  std::size_t size() const { return order_.size(); }
  const SampleStore& store() const { return store_; }

  // Where in the store the sample is that is handed out as number `index`.
  std::size_t place(std::size_t index) const { return order_[index]; }

  // The position among the rows of the sample in this place.
  std::uint64_t position(std::size_t place) const;

 private:
  struct Piece {
    std::size_t at = 0;  // its first place
    datasets::Block positions;
  };
  SampleStore store_;
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> order_;
};

}  // namespace tusk::samples
