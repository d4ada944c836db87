// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "data/convert/arrangement.hpp"

namespace tusk::convert {

// Which part each group of rows goes to, whole. In random order by the seed each goes to the part
// that still lacks the most rows of its share, so that no part misses its share by more than the
// largest group. `rows`: how many each group has.
std::unordered_map<std::int64_t, std::size_t> assign_groups(
    const std::map<std::int64_t, std::uint64_t>& rows, const std::vector<SplitPart>& split,
    std::uint64_t seed);

}  // namespace tusk::convert
