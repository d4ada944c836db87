// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tusk::tables {

// The number by which a cell that names a group is kept: a whole number as it is (12.0 is 12); a
// text by a hash of its bytes (FNV-1a of 64 bits, G. Fowler, L. C. Noll and K.-P. Vo) between 2^62
// and 2^63, far from numbers that count. The same text has the same number in every file; that two
// of a million texts share one has a chance of one in ten million. Nothing for a number that is not
// whole, or not finite. `text` is in UTF-8, without spaces around it.
std::optional<std::int64_t> group_key(std::string_view text);

}  // namespace tusk::tables
