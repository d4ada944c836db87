// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tusk::tables {

class Decoder;

// A file to read, decompressed on the way if it is compressed with gzip or xz (its first bytes say
// so, not its name). All readers of input formats stand on it. Several gzip members or xz streams
// behind one another are one text. However much the file expands to, memory is 256 KiB, and what xz
// needs: 65 MiB for what `xz -9` made, and a file that asks for more than 128 MiB is refused.
class InputFile {
 public:
  // Throws Error(no_input) if the file cannot be opened or is not a regular file.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }

  // Fills `out`, or less at the end of the file; returns the number of bytes. Throws
  // Error(bad_data) if the compressed data is truncated or damaged, if its checksum is wrong or
  // something else follows it; Error(io_error) if reading fails.
  std::size_t read(std::span<std::byte> out);

  // Fills `out`. Throws Error(bad_data) "… is truncated" if the file ends before.
  void read_exactly(std::span<std::byte> out);

  // True if no byte is left.
  bool at_end();

  // To this byte of the content; read() goes on there, at the end if it lies beyond. Compressed
  // data is decompressed up to there, from its start if the byte lies behind.
  void seek(std::uint64_t offset);

  bool is_compressed() const { return decoder_ != nullptr; }

  // Upper bound of the bytes that the file can hold once decompressed: its size, or that times the
  // most that deflate (1032) or LZMA (8192) can do. A header that declares more is a lie, known
  // before anything is allocated.
  std::uint64_t max_bytes() const { return max_bytes_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };

  void start();
  void seek_packed(std::uint64_t offset);
  std::size_t read_packed(std::span<std::byte> out);  // as the file has it; less at its end only
  std::size_t read_unpacked(std::span<std::byte> out);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::unique_ptr<Decoder> decoder_;  // none: not compressed
  std::vector<std::byte> packed_;     // what the decoder is given
  std::span<const std::byte> rest_;   // of it, not yet decoded
  bool packed_ended_ = false;
  std::uint64_t position_ = 0;      // in the content, where read() goes on
  std::optional<std::byte> ahead_;  // a byte that at_end() has read
  std::uint64_t max_bytes_ = 0;
};

}  // namespace tusk::tables
