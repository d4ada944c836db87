// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace tusk::checkpoint {

// A file of what State has written: a heading, then the bytes in blocks of 1 MiB with a checksum
// each. Nothing in a file is understood before all of it has been checked.

// Writes it to disk. The file must not be there yet. Error(cannot_create), Error(io_error).
void write_state_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

// Error(no_input) if there is no such file, Error(bad_data) if it is not what was written.
std::vector<std::byte> read_state_file(const std::filesystem::path& path);

// 64 bits that differ for sure if the bytes differ within eight bytes at a multiple of eight, and
// otherwise with all but certainty.
std::uint64_t checksum_of(std::span<const std::byte> bytes);

// Hands a file or folder over to the disk. Error(io_error).
void sync_to_disk(const std::filesystem::path& path);

}  // namespace tusk::checkpoint
