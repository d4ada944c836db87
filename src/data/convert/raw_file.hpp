// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tusk::convert {

// A file as bytes, of which several processes write and read pieces of their own.
class RawFile {
 public:
  // The first makes a new file, or empties it. Throw Error(cannot_create).
  static RawFile create(const std::string& path);
  static RawFile open(const std::string& path);

  RawFile() = default;
  RawFile(RawFile&& other) noexcept;
  RawFile& operator=(RawFile&& other) noexcept;
  ~RawFile();

  // Throw Error(io_error), as when the disk is full or the file is shorter.
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;

  // Sees to it that what was written is on disk, for other nodes too.
  void sync();

 private:
  RawFile(const std::string& path, int flags);

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace tusk::convert
