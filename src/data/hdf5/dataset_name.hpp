// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tusk::hdf5 {

// Whether a data set of an HDF5 file can be called so: names with slashes between them, the groups'
// first, of which none is ".". More slashes mean nothing: "a//b/" is "a/b".
bool can_name_dataset(std::string_view name);

// Whether one file cannot hold both: they are the same, or one is a group that holds the other.
bool names_collide(std::string_view first, std::string_view second);

}  // namespace tusk::hdf5
