// SPDX-License-Identifier: Apache-2.0
#include "mpi/environment.hpp"

#include <mpi.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <utility>

#include "core/log.hpp"
#include "mpi/check.hpp"
#include "mpi/end_job.hpp"

namespace tusk::mpi {
namespace {

// The ranks on this node as mpirun or srun say before MPI_Init ("4", "4(x2)"), 1 if neither does.
long ranks_on_node() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "SLURM_STEP_TASKS_PER_NODE"}) {
    if (const char* text = std::getenv(name)) return std::strtol(text, nullptr, 10);
  }
  return 1;
}

// The cores that this rank may run on. A rank that is bound to a core of its own counts one: it
// then yields for nothing, which costs a system call now and then; the other mistake costs
// milliseconds.
long cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

}  // namespace

EndJob& end_job() {
  static EndJob value;
  return value;
}

Environment::Environment(int& argc, char**& argv, EndJob end)
    : exceptions_(std::uncaught_exceptions()) {
  end_job() = std::move(end);
  constexpr unsigned long slack_ns = 1000;
  prctl(PR_SET_TIMERSLACK, slack_ns);  // or each 10 µs sleep of polite_wait.hpp takes 60 µs
  constexpr int keep = 0;              // what the user set stays
  if (ranks_on_node() > cores()) setenv("OMPI_MCA_mpi_yield_when_idle", "1", keep);
  int provided = MPI_THREAD_SINGLE;
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_FUNNELED) {
    fail(ExitCode::internal, "this MPI library offers no MPI_THREAD_FUNNELED, which Tusk needs");
  }
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Environment::~Environment() {
  if (std::uncaught_exceptions() > exceptions_) return;
  if (MPI_Finalize() != MPI_SUCCESS) warning("MPI_Finalize failed");
}

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  const std::string all = text.data();  // Open MPI counts the NUL
  return all.substr(0, all.find('\n'));
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace tusk::mpi
