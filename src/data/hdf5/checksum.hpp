// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tusk::hdf5 {

class File;

// The CRC-32 (zlib's) of every data set's elements as they are in memory on a little-endian
// machine, data sets in the order of their names. It identifies the data, however they are chunked
// or compressed.
std::uint32_t compute_checksum(const File& file);

// The CRC-32 of bytes, and of two pieces one behind the other from those of each.
std::uint32_t checksum_of(std::span<const std::byte> bytes);
std::uint32_t combine_checksums(std::uint32_t first, std::uint32_t second,
                                std::uint64_t second_bytes);

// The CRC-32 of the file's size and of 16 pieces of 4 KiB of its bytes, from its start to its end:
// cheap, and hardly the same for another file. Error(io_error), Error(no_input).
std::uint32_t sampled_checksum(const std::string& path);

// For a file that must not be used if anything in it has changed: writes the CRC-32 of all its
// bytes to PATH.crc32, and looks whether they still have it: Error(bad_data) if not, nothing if
// there is no such file beside it. Error(io_error), Error(no_input).
void write_checksum_beside(const std::string& path);
void require_checksum_beside(const std::string& path);

// Writes and reads the root's attribute `checksum`, "crc32:1a2b3c4d". stored_checksum returns its
// text, or nothing if the file has none.
void write_checksum(File& file, std::uint32_t checksum);
std::optional<std::string> stored_checksum(const File& file);

}  // namespace tusk::hdf5
