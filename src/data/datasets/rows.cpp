// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/rows.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace tusk::datasets {
namespace {

std::span<const std::uint64_t> entries(const std::shared_ptr<const Rows::List>& list) {
  return list ? std::span<const std::uint64_t>(*list) : std::span<const std::uint64_t>();
}

// How many of the excluded rows come before the row at `position` of the others. With v(j) the j-th
// excluded row, v(j) − j others come before it: those with v(j) − j ≤ position.
std::uint64_t excluded_before(std::span<const std::uint64_t> excluded, std::uint64_t position) {
  std::uint64_t low = 0;
  std::uint64_t high = excluded.size();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (excluded[middle] - middle <= position) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::uint64_t count_below(std::span<const std::uint64_t> list, std::uint64_t row) {
  return static_cast<std::uint64_t>(std::ranges::lower_bound(list, row) - list.begin());
}

}  // namespace

Rows::Rows(List rows) : Rows(std::make_shared<const List>(std::move(rows))) {}

Rows Rows::all(std::uint64_t count) { return all_but(count, nullptr); }

Rows Rows::all_but(std::uint64_t count, std::shared_ptr<const List> excluded) {
  Rows rows;
  rows.size_ = count - entries(excluded).size();
  rows.list_ = std::move(excluded);
  rows.all_but_list_ = true;
  return rows;
}

std::uint64_t Rows::operator[](std::uint64_t position) const {
  const std::uint64_t index = first_ + position;
  if (!all_but_list_) return (*list_)[index];
  return index + excluded_before(entries(list_), index);
}

std::uint64_t Rows::position_of(std::uint64_t row) const {
  const std::uint64_t below = count_below(entries(list_), row);
  const std::uint64_t index = all_but_list_ ? row - below : below;
  return std::clamp(index, first_, first_ + size_) - first_;
}

Rows Rows::part(Block positions) const {
  Rows rows(*this);
  rows.first_ += positions.begin;
  rows.size_ = positions.size();
  return rows;
}

std::vector<Block> Rows::runs() const {
  std::vector<Block> runs;
  if (!all_but_list_) {
    for (const std::uint64_t row : entries(list_).subspan(first_, size_)) {
      if (runs.empty() || runs.back().end != row) runs.push_back({row, row});
      ++runs.back().end;
    }
    return runs;
  }
  const auto excluded = entries(list_);
  std::uint64_t skipped = excluded_before(excluded, first_);
  for (std::uint64_t left = size_, row = first_ + skipped; left > 0; ++row, ++skipped) {
    const std::uint64_t end =
        skipped < excluded.size() ? std::min(excluded[skipped], row + left) : row + left;
    if (end == row) continue;
    runs.push_back({row, end});
    left -= end - row;
    row = end;
  }
  return runs;
}

Rows::List Rows::to_vector() const {
  List rows;
  rows.reserve(size_);
  for (const Block& run : runs()) {
    for (std::uint64_t row = run.begin; row != run.end; ++row) rows.push_back(row);
  }
  return rows;
}

}  // namespace tusk::datasets
