// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/label_counts.hpp"

#include <span>

#include "tusk/data/read_blocks.hpp"

namespace tusk::data {
namespace {

constexpr std::size_t most_labels = 1000;

}  // namespace

std::optional<std::map<std::int64_t, std::uint64_t>> count_labels(const io::Dataset& labels) {
  if (labels.extents().size() != 1 || io::is_floating_point(labels.type())) return std::nullopt;
  std::map<std::int64_t, std::uint64_t> counts;
  read_blocks<std::int64_t>(labels, [&](std::span<const std::int64_t> block) {
    for (const std::int64_t label : block) {
      const auto known = counts.find(label);
      if (known != counts.end()) {
        ++known->second;
      } else if (counts.size() <= most_labels) {
        counts.emplace(label, 1);
      }
    }
  });
  if (counts.size() > most_labels) return std::nullopt;
  return counts;
}

}  // namespace tusk::data
