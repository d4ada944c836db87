// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tusk {

// "4 GiB", "500MB", "1024" → bytes. Units: B, kB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB
// (of 1024), in any case; none means bytes. Nothing if the text is not such a size.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

// "90s", "15m", "2h", "1.5 h", "23h", "1d" → seconds, above 0. Nothing if the text is not such a
// time.
std::optional<double> parse_duration(std::string_view text);

// How often something is to happen: one of these is there, or none for never.
struct Interval {
  std::optional<double> seconds{};
  std::optional<std::uint64_t> steps{};
  std::optional<std::uint64_t> epochs{};
};

// "15m" as parse_duration(), "500 steps", "1 epoch", "never". Nothing for anything else.
std::optional<Interval> parse_interval(std::string_view text);

// "all" → 1, "every:100" → 100, "none" → 0: of how many one is kept. Nothing for anything else.
std::optional<std::uint64_t> parse_thinning(std::string_view text);

std::string format_bytes(std::uint64_t bytes);  // "4 GiB", "1.5 MiB", "812 B"
std::string format_count(std::uint64_t count);  // "29,100"
std::string format_duration(double seconds);    // "12.3 s", "4 min 05 s", "2 h 03 min"

}  // namespace tusk
