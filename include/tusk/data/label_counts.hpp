// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "tusk/io/dataset.hpp"

namespace tusk::data {

// How often each label occurs in a data set [N] of integers; nothing if it is anything else or has
// more than 1,000 different labels. Reads the data set once, some 8 MB at a time.
std::optional<std::map<std::int64_t, std::uint64_t>> count_labels(const io::Dataset& labels);

}  // namespace tusk::data
