// SPDX-License-Identifier: Apache-2.0
#include "data/tables/encoding.hpp"

#include "core/utf8.hpp"

namespace tusk::tables {
namespace {

constexpr unsigned char ascii_end = 0x80;
constexpr unsigned char latin1_begin = 0xA0;

}  // namespace

std::optional<std::string_view> to_utf8(std::string_view text, Encoding encoding,
                                        std::string& room) {
  if (is_ascii(text)) return text;
  if (encoding == Encoding::utf8) return is_utf8(text) ? std::optional(text) : std::nullopt;
  room.clear();
  for (const unsigned char c : text) {
    if (c < ascii_end) {
      room += static_cast<char>(c);
    } else if (c < latin1_begin) {
      return std::nullopt;
    } else {
      room += static_cast<char>(0xC0U | (c >> 6U));
      room += static_cast<char>(0x80U | (c & 0x3FU));
    }
  }
  return room;
}

std::string_view why_no_text(Encoding encoding) {
  if (encoding == Encoding::utf8) return "is not UTF-8; '--encoding latin-1' reads ISO 8859-1";
  return "has bytes that stand for no character in ISO 8859-1; iconv makes UTF-8 of other "
         "encodings";
}

}  // namespace tusk::tables
