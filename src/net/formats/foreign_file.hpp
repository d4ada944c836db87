// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk::formats {

// What a file or folder of another program is, by its first bytes, and what to do with it, as in
// "a table of Parquet; …": the rest of a message that begins with its path. Empty for anything
// else, for HDF5 among it.
std::string foreign_file(const std::string& path);

}  // namespace tusk::formats
