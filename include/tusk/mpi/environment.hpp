// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk::mpi {

// MPI from start to end, one object in `main`. Threads: MPI_THREAD_FUNNELED, no MPI call outside
// the main thread. When there are more ranks on this node than cores it asks Open MPI to yield
// while it waits, before MPI_Init. The destructor finalizes; it does not if an exception is passing
// through, because the other ranks would not join (main calls abort then).
class Environment {
 public:
  Environment(int& argc, char**& argv);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
};

// Ends every rank of the job. Only `main` calls it.
[[noreturn]] void abort(int exit_code);

std::string library_version();  // "Open MPI v4.1.4, …", one line
std::string host_name();

}  // namespace tusk::mpi
