// SPDX-License-Identifier: Apache-2.0
// Programs are built on one machine and run on others. This file is compiled for any CPU and says
// in one line what would otherwise be an illegal instruction.
#include "main/cpu_check.hpp"

#include <unistd.h>

#include <cstdio>

#include "core/cpu_features.hpp"
#include "tusk/error.hpp"

namespace tusk {
namespace {

[[maybe_unused]] void require(bool has_feature, const char* feature) {
  if (has_feature) return;
  std::fprintf(stderr,
               "tusk: error: this CPU has no %s, which this program was compiled to use: build it "
               "on this kind of machine, or for any with -DTUSK_NATIVE=OFF\n",
               feature);
  _exit(static_cast<int>(ExitCode::internal));
}

}  // namespace

// Runs before main and before the static initializers of the other files, which are compiled for
// the build machine's CPU: no other constructor here has a priority as early as 101.
__attribute__((constructor(101))) void require_cpu() {
  __builtin_cpu_init();  // what it answers from is otherwise set up at the same priority as this
#define TUSK_REQUIRE(feature) require(__builtin_cpu_supports(feature) != 0, feature);
  TUSK_CPU_FEATURES(TUSK_REQUIRE)
#undef TUSK_REQUIRE
}

}  // namespace tusk
