// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tusk::mpi {

class Communicator;

// Collective, before a window of `bytes` on rank `host` is allocated: whether there is memory for
// it. MPI_Win_allocate and MPI_Win_allocate_shared meet between their steps, so that a rank which
// fails in one leaves the others waiting for it; Open MPI 4.1 does so where the shared memory of a
// node (a file in /dev/shm) or the address space (ulimit -v) is too small. `shared`: all ranks map
// the memory, in any case where they are on one node. Throws CollectiveError(internal), which names
// the bytes wanted and there.
void require_window_memory(const Communicator& communicator, std::size_t bytes, int host,
                           bool shared);

}  // namespace tusk::mpi
