// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "data/hdf5/file_state.hpp"
#include "data/hdf5/hdf5.hpp"

namespace tusk::hdf5 {

// Where a name leads. Only hard links are followed: a soft link may form a loop, an external one
// leaves the file.
struct LinkTarget {
  enum class Kind { nothing, group, dataset, refused };

  Kind kind = Kind::nothing;
  std::string refusal;  // why: "a soft link"
  haddr_t address = 0;  // of the object in the file
};

// What the path "group/name" is, and its parent group opened if that is there.
struct Located {
  LinkTarget target;
  Handle parent;
  std::string leaf;
};
Located locate(const FileState& file, const std::string& path);

// Opens a group or data set by its path, "/" for the root. Error(bad_data) if it is not there.
Handle open_object(const FileState& file, const std::string& path);

// An object met by walk().
struct Visited {
  std::string path;   // "group/name", "" for the root
  std::size_t depth;  // 0 for the root
  LinkTarget target;
  hid_t parent;      // the group that it is in; the file for the root
  std::string name;  // in the parent; "/" for the root
};

// Calls `visit` for every object, depth first and by name, for each only over the first link to it.
// Error(bad_data) beyond 64 levels or 100,000 objects.
void walk(const FileState& file, const std::function<void(const Visited&)>& visit);

}  // namespace tusk::hdf5
