// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "data/tables/array_header.hpp"

namespace tusk::tables {

class InputFile;

// NPY, versions 1 to 3 (NumPy's documentation, "numpy.lib.format"): "\x93NUMPY", the version, the
// length of the header, and the header, a Python dictionary with `descr`, `fortran_order`, `shape`.
bool is_npy(std::span<const std::byte> first_bytes);

// Reads the header from the file's first byte on; booleans count as u8. Throws Error(bad_data) for
// anything but arrays of numbers, or of records in one dimension, and says what to do in NumPy.
ArrayHeader read_npy_header(InputFile& file);

}  // namespace tusk::tables
