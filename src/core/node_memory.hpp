// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tusk {

// The bytes of memory that the processes of this job may have on this node together: the machine's,
// or the limit of the control group that a batch system has put this process in (memory.max, or
// memory.limit_in_bytes of version 1), whichever is less. It does not depend on what is in use.
std::uint64_t node_memory_bytes();

}  // namespace tusk
