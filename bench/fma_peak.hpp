// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::bench {

// The GFLOP/s of this core at nothing but single-precision fused multiply-adds on registers, of the
// widest vectors that this program was compiled for: the limit of any matrix product.
double fma_peak_gflops();

}  // namespace tusk::bench
