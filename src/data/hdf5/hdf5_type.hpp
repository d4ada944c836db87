// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/element_type.hpp"
#include "data/hdf5/hdf5.hpp"

namespace tusk::hdf5 {

// The ElementType for a type in a file; nothing for what is not a plain number.
std::optional<ElementType> element_type_of(hid_t type);

// Half precision, which HDF5 1.10 has no name for: whether a type in a file is half precision, in
// either byte order, and the type that it has in memory.
bool is_half_precision(hid_t type);
Handle native_half_precision();

// The type in words, for messages and for `inspect`: "float32", "strings", ….
std::string describe_type(hid_t type);

// The type in memory, which HDF5 owns.
hid_t native_type(ElementType type);

}  // namespace tusk::hdf5
