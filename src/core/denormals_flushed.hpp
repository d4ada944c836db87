// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tusk {

// While one lives, its thread computes with 0 in the place of denormal numbers, below 1.2e-38 for
// floats: a CPU takes a hundred cycles for one, and an optimizer's moments become denormal wherever
// gradients stay away for long. Training frameworks do the same. On CPUs other than x86 and
// AArch64 it does nothing.
class DenormalsFlushed {
 public:
  DenormalsFlushed();
  ~DenormalsFlushed();
  DenormalsFlushed(const DenormalsFlushed&) = delete;
  DenormalsFlushed& operator=(const DenormalsFlushed&) = delete;

 private:
  std::uint64_t before_;  // the CPU's control word
};

}  // namespace tusk
