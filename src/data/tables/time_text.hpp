// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace tusk::tables {

// The seconds from 1970-01-01 00:00:00 UTC to a date or time of the Gregorian calendar as ISO 8601
// writes them: "2024-01-31", "2024-01-31T23:59:59.25", with a blank for the T, without seconds, and
// with "Z" or an offset from UTC ("+01:00", "-0530") behind; without one it is in UTC. A minute has
// 60 seconds. Nothing if the text is anything else.
std::optional<double> parse_time(std::string_view text);

}  // namespace tusk::tables
