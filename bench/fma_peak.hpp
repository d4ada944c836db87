// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::bench {

// The GFLOP/s of this core at nothing but single-precision fused multiply-adds on registers, of the
// widest vectors that this program was compiled for: the limit of any matrix product. Measures for
// half a millisecond, to be called many times between what is compared with it: a core's clock
// changes from one moment to the next.
double fma_peak_gflops();

}  // namespace tusk::bench
