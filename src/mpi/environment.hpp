// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "tusk/error.hpp"

namespace tusk::mpi {

// Ends every rank of the job with the error's message and exit code, and does not return. `main`
// supplies it: the program's only MPI_Abort is there.
using EndJob = std::function<void(const Error&)>;

// MPI from start to end, one object in `main`. Threads: MPI_THREAD_FUNNELED, no MPI call outside
// the main thread. When there are more ranks on this node than cores it asks Open MPI to yield
// while it waits, before MPI_Init. Works without mpirun too, as the only rank of a job of one. The
// destructor finalizes; it does not if an exception is passing through, because the other ranks
// would not join (main ends the job then). Throws Error(internal) if MPI does not start.
class Environment {
 public:
  // `end_job` is what a Deadline calls when it expires.
  Environment(int& argc, char**& argv, EndJob end_job);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  int exceptions_ = 0;
};

std::string library_version();  // "Open MPI v4.1.4, …", one line; needs no Environment
std::string host_name();

}  // namespace tusk::mpi
