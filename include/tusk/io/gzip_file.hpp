// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

struct gzFile_s;  // NOLINT(readability-identifier-naming): zlib's

namespace tusk::io {

// A file read from its first byte to its last, decompressed on the way if it is gzipped (its first
// bytes say so, not its name). Holds a buffer of constant size, however much the file expands to.
class GzipFile {
 public:
  // Throws Error(no_input) if the file cannot be opened or is not a regular file.
  explicit GzipFile(const std::string& path);
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  const std::string& path() const { return path_; }

  // Fills `out`, or less at the end of the file; returns the number of bytes. Throws
  // Error(bad_data) if the compressed data is truncated or its checksum wrong, Error(io_error) if
  // reading fails.
  std::size_t read(std::span<std::byte> out);

  // Fills `out`. Throws Error(bad_data) "… is truncated" if the file ends before.
  void read_exactly(std::span<std::byte> out);

  // True if no byte is left.
  bool at_end();

  void rewind();

  bool is_compressed() const { return compressed_; }

  // Upper bound of the bytes that the file can hold once decompressed: its size, or 1032 times that
  // if it is gzipped (the most that deflate can do; zlib's technical notes). A header that declares
  // more is a lie, known before anything is allocated.
  std::uint64_t max_bytes() const { return max_bytes_; }

 private:
  std::string path_;
  gzFile_s* file_ = nullptr;
  bool compressed_ = false;
  std::uint64_t max_bytes_ = 0;
};

}  // namespace tusk::io
