// SPDX-License-Identifier: Apache-2.0
#include "core/utf8.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace tusk {
namespace {

// A code point in so many bytes, whether it needs them or not.
std::string encoded(std::uint32_t code, int bytes) {
  if (bytes == 1) return {static_cast<char>(code)};
  std::string text;
  for (int i = 1; i < bytes; ++i, code >>= 6U) {
    text.insert(text.begin(), static_cast<char>(0x80U | (code & 0x3FU)));
  }
  const std::uint32_t lead = bytes == 2 ? 0xC0U : bytes == 3 ? 0xE0U : 0xF0U;
  text.insert(text.begin(), static_cast<char>(lead | code));
  return text;
}

int bytes_of(std::uint32_t code) {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

}  // namespace

TEST_CASE("every character is UTF-8 in as few bytes as it needs, and nothing else is") {
  bool right = true;
  for (std::uint32_t code = 0; code < 0x110000 + 1000; ++code) {
    const int bytes = bytes_of(code);
    const bool character = (code < 0xD800 || code > 0xDFFF) && code < 0x110000;
    const std::string text = encoded(code, bytes);
    right &= is_utf8(text) == character;
    right &= is_ascii(text) == (code < 0x80);
    right &= !(bytes > 1 && is_utf8(text.substr(0, text.size() - 1)));
    right &= !(bytes > 1 && is_utf8(text.substr(1)));
    right &= !(bytes < 4 && is_utf8(encoded(code, bytes + 1)));
  }
  CHECK(right);
  CHECK(is_utf8(""));
  CHECK(is_utf8("caf\u00E9 \u20AC"));
  for (const char* wrong : {"\xC3", "\xC3(", "\x80", "\xFF", "\xF5\x80\x80\x80", "a\xE2\x82"}) {
    CHECK_FALSE(is_utf8(wrong));
  }
}

}  // namespace tusk
