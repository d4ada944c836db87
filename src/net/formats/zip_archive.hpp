// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tusk::formats {

// A zip archive (PKWARE's APPNOTE 6.3), as much of it as models are kept in: entries stored or
// deflated, in one piece, with 64-bit sizes or without. Nothing is ever written to disk under a
// name from the archive.
//
// An archive is untrusted: what the central directory says of an entry is compared with the entry
// itself, and nothing is allocated that the bytes in the file cannot be the beginning of. An
// archive with names that lead out of it ("../x", "/x"), or with two entries of a name, is refused
// as a whole. Error(no_input) if the file cannot be opened, Error(bad_data) for anything else.
class ZipArchive {
 public:
  explicit ZipArchive(const std::string& path);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  // Whether a file begins as archives do; false if it cannot be read.
  static bool is_archive(const std::string& path);

  bool has(std::string_view name) const;
  std::vector<std::string> names() const;

  // The contents of an entry, its checksum compared. Error(bad_data) if there are more than `most`
  // bytes.
  std::vector<std::byte> read(std::string_view name, std::uint64_t most) const;

 private:
  struct Entry {
    std::string name;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t checksum = 0;
    std::uint64_t stored = 0;  // bytes in the archive
    std::uint64_t size = 0;    // bytes of its contents
    std::uint64_t offset = 0;  // of its header
  };
  struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t entries = 0;
  };

  [[noreturn]] void refuse(const std::string& why) const;
  std::vector<std::byte> bytes_at(std::uint64_t offset, std::uint64_t count) const;
  Directory find_directory() const;
  void read_directory(const Directory& directory);
  void read_wide_fields(std::span<const std::byte> extra, Entry& entry) const;
  std::uint64_t place_of_data(const Entry& entry) const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::vector<Entry> entries_;
};

// A part of an archive that is written.
struct ZipPart {
  std::string name;
  std::span<const std::byte> bytes;
};

// Writes an archive of stored entries without times, so that the same parts make the same file.
// Error(bad_data) if one has 4 GiB or more, Error(cannot_create) or Error(io_error).
void write_zip(const std::string& path, std::span<const ZipPart> parts);

}  // namespace tusk::formats
