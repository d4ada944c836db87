// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tusk::tables {

// How the bytes of a text file stand for characters. Numbers are the same in all of them.
enum class Encoding {
  utf8,
  latin1,  // ISO 8859-1: a byte a character; 0x80 to 0x9F stand for none in a text
};

// The text in UTF-8: itself if it is that already, or written to `room`. Nothing if it is no text
// in this encoding.
std::optional<std::string_view> to_utf8(std::string_view text, Encoding encoding,
                                        std::string& room);

// What is wrong with a text of which to_utf8() makes nothing, and what may help: "is not UTF-8;
// '--encoding latin-1' …".
std::string_view why_no_text(Encoding encoding);

}  // namespace tusk::tables
