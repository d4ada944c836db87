// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "data/hdf5/hdf5.hpp"

namespace tusk::hdf5 {

// UTF-8 of `width` bytes, padded with NULs: what h5py and Keras read, and MPI-IO can write.
Handle fixed_text_type(std::size_t width);

// The width of the longest, but at least 1: HDF5 has no empty type.
std::size_t width_of(std::span<const std::string> texts);

// The texts one after the other, each padded to `width`.
std::string pack(std::span<const std::string> texts, std::size_t width);

}  // namespace tusk::hdf5
