// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::mpi {

// Throws Error(internal) that names the call and says MPI's own words, unless `code` is
// MPI_SUCCESS.
void check(int code, const char* call);

}  // namespace tusk::mpi
