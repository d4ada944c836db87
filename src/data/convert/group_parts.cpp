// SPDX-License-Identifier: Apache-2.0
#include "data/convert/group_parts.hpp"

#include <algorithm>
#include <utility>

#include "core/random_order.hpp"
#include "tusk/random.hpp"

namespace tusk::convert {

std::unordered_map<std::int64_t, std::size_t> assign_groups(
    const std::map<std::int64_t, std::uint64_t>& rows, const std::vector<SplitPart>& split,
    std::uint64_t seed) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> order(rows.begin(), rows.end());
  Random random(seed, Stream::file_split);
  put_in_random_order(order, random);
  double all = 0.0;
  for (const auto& [group, count] : order) all += static_cast<double>(count);
  std::vector<double> lacking;
  for (const SplitPart& part : split) lacking.push_back(part.fraction * all);
  std::unordered_map<std::int64_t, std::size_t> parts;
  for (const auto& [group, count] : order) {
    const auto most = std::ranges::max_element(lacking);
    *most -= static_cast<double>(count);
    parts[group] = static_cast<std::size_t>(most - lacking.begin());
  }
  return parts;
}

}  // namespace tusk::convert
