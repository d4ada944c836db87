// SPDX-License-Identifier: Apache-2.0
#include "data/samples/sample_window.hpp"

#include <algorithm>
#include <numeric>

namespace tusk::samples {

bool SampleWindow::fill(const datasets::Dataset& dataset, const datasets::Rows& rows,
                        const StreamPlan& plan, std::span<const std::uint32_t> blocks,
                        Random* random, const std::function<bool()>& cancelled) {
  pieces_.clear();
  std::size_t at = 0;
  for (const std::uint32_t block : blocks) {
    if (cancelled()) return false;
    pieces_.push_back({at, plan.block(block)});
    store_.read(dataset, rows.part(pieces_.back().positions), at);
    at += pieces_.back().positions.size();
  }
  order_.resize(at);
  std::iota(order_.begin(), order_.end(), 0U);
  if (random != nullptr) shuffle(order_, *random);
  return true;
}

std::uint64_t SampleWindow::position(std::size_t place) const {
  const auto next = std::ranges::upper_bound(pieces_, place, {}, &Piece::at);
  const Piece& piece = *(next - 1);
  return piece.positions.begin + (place - piece.at);
}

}  // namespace tusk::samples
