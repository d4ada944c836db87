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

std::string format_bytes(std::uint64_t bytes);  // "4 GiB", "1.5 MiB", "812 B"
std::string format_count(std::uint64_t count);  // "29,100"
std::string format_duration(double seconds);    // "12.3 s", "4 min 05 s", "2 h 03 min"

}  // namespace tusk
