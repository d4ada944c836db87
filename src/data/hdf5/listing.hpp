// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tusk::hdf5 {

class File;

// One object of a file, as `inspect` shows it.
struct Entry {
  enum class Kind { group, dataset, refused };

  std::string path;       // "/", "/group/name"
  std::size_t depth = 0;  // 0 for the root
  Kind kind = Kind::group;
  std::string type;                    // of a data set: "uint8", "string", …
  std::vector<std::uint64_t> extents;  // of a data set
  std::uint64_t stored_bytes = 0;      // of a data set
  std::string layout;                  // "contiguous", "chunks of (4096, 28), compressed"
  std::string refusal;                 // why Tusk would not open it: "is a soft link", …
  std::vector<std::pair<std::string, std::string>> attributes;  // name and value as text
};

// Everything in the file, depth first and by name; each object once, however many links it has.
std::vector<Entry> list(const File& file);

}  // namespace tusk::hdf5
