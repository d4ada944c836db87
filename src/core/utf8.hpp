// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tusk {

// Whether every byte is ASCII. For short texts, one a row of a table.
inline bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

// Whether the bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace tusk
