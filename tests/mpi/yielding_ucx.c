// SPDX-License-Identifier: Apache-2.0
// For tests by MPICH with more ranks than cores. Where MPICH waits inside a call (MPI_Win_flush, MPI_Allreduce) it asks UCX again and
// again whether something has come and never gives its core away, so that the rank that it waits for gets none until the kernel takes it: 48 s of CPU
// time for tests that need 2 s. Open MPI has mpi_yield_when_idle for this, MPICH 4 with UCX has nothing. This library, preloaded by scripts/mpi-run.sh
// where TUSK_MPI_PRELOAD names it, stands before UCX's function and yields after some calls in vain.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <stddef.h>

unsigned ucp_worker_progress(void* worker);

unsigned ucp_worker_progress(void* worker) {
  enum { calls_before_yield = 20 };
  static unsigned (*real)(void*) = NULL;
  static unsigned in_vain = 0;
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "ucp_worker_progress");
  const unsigned events = real(worker);
  in_vain = events == 0 ? in_vain + 1 : 0;
  if (in_vain > calls_before_yield) sched_yield();
  return events;
}
