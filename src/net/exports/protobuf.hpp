// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tusk::exports {

// A message of Protocol Buffers under construction: fields by their numbers, in any order
// (https://protobuf.dev/programming-guides/encoding). ONNX needs some ten messages of which nothing
// is read again, for which this is enough.
class Message {
 public:
  // A number: an integer, enumerator or bool.
  void add(unsigned field, std::int64_t value) {
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
  }

  void add(unsigned field, float value) {
    key(field, 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(bits >> shift);
  }

  // A text, or bytes.
  void add(unsigned field, std::string_view text) {
    key(field, 2);
    varint(text.size());
    bytes_ += text;
  }

  void add(unsigned field, const Message& message) { add(field, message.bytes()); }

  std::string_view bytes() const { return bytes_; }

 private:
  void key(unsigned field, unsigned type) { varint(field << 3U | type); }

  void varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7U) bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace tusk::exports
