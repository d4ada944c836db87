// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"

// HDF5 files in memory, as they are within archives. They are as untrusted as those on a disk.
namespace tusk::hdf5 {

// A file to read, of these bytes; `path` says in messages where they are from. Error(bad_data) if
// they are no HDF5 file.
File open_bytes(const std::string& path, std::vector<std::byte> bytes);

// A new file, and what it would be on a disk. Error(io_error).
File create_bytes(const std::string& path);
std::vector<std::byte> to_bytes(File& file);

// The size of a file when it was opened to be read by this process alone.
std::uint64_t bytes_of(const File& file);

}  // namespace tusk::hdf5
