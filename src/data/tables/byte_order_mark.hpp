// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tusk::tables {

// What some programs put before the first character of a UTF-8 text; the readers of texts skip it.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace tusk::tables
