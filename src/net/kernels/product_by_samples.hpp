// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "net/kernels/products.hpp"
#include "tusk/team.hpp"

namespace tusk::kernels {

// dx = or += Wᵀ dz with a sample in each lane of the vectors: dz is packed so, which is little, and
// the columns of W are read as they lie, each number once for up to 4 vectors of samples. W, which
// is large, is neither copied nor transposed. multiply_transposed() (products.hpp) calls it where
// it is faster.
void multiply_transposed_by_samples(Team& team, ConstRows w, ConstRows dz, Rows dx, Sum sum);

// From so many samples and rows of dx on it is faster than packing W.
inline constexpr std::size_t least_samples = 8;
inline constexpr std::size_t least_rows = 48;

}  // namespace tusk::kernels
