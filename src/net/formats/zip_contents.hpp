// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <cstddef>
#include <span>

// What ZipArchive does with the contents of an entry.
namespace tusk::formats {

// Inflates to a buffer of the declared size; whether all of the input made exactly that.
class Inflation {
 public:
  Inflation() : works_(inflateInit2(&stream_, -MAX_WBITS) == Z_OK) {}
  ~Inflation() { inflateEnd(&stream_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  // Takes all of `input`; false if it is damaged or makes more than there is room for in `output`,
  // the same each time.
  bool add(std::span<std::byte> input, std::span<std::byte> output);
  bool has_made(std::size_t bytes) const { return ended_ && made_ == bytes; }

 private:
  z_stream stream_{};
  bool works_;
  bool ended_ = false;
  std::size_t made_ = 0;
};

}  // namespace tusk::formats
