// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::mpi {

// Throws Error(internal) with the name of the call and MPI's own message, unless `code` is
// MPI_SUCCESS. Every MPI call of this room goes through it.
void check(int code, const char* call);

}  // namespace tusk::mpi
