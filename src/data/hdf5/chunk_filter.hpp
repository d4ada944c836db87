// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tusk::hdf5 {

// A chunk of elements of `element_bytes` each as HDF5's filters store it in a data set that was
// created with this gzip level: the elements' first bytes, then their second bytes, … (shuffle),
// deflated. Level 0: as it is.
std::vector<std::byte> filter_chunk(std::span<const std::byte> chunk, std::size_t element_bytes,
                                    int gzip);

}  // namespace tusk::hdf5
