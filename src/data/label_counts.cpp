// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/label_counts.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace tusk::data {
namespace {

constexpr std::size_t most_labels = 1000;

}  // namespace

std::optional<std::map<std::int64_t, std::uint64_t>> count_labels(const io::Dataset& labels) {
  if (labels.extents().size() != 1 || io::is_floating_point(labels.type())) return std::nullopt;
  std::map<std::int64_t, std::uint64_t> counts;
  std::vector<std::int64_t> block(std::min(labels.rows(), labels.rows_per_transfer()));
  for (std::uint64_t row = 0; row < labels.rows();) {
    const std::uint64_t count = std::min<std::uint64_t>(block.size(), labels.rows() - row);
    labels.read(row, std::span(block).first(count));
    for (const std::int64_t label : std::span(block).first(count)) ++counts[label];
    if (counts.size() > most_labels) return std::nullopt;
    row += count;
  }
  return counts;
}

}  // namespace tusk::data
