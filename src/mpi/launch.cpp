// SPDX-License-Identifier: Apache-2.0
#include "mpi/launch.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace tusk::mpi {
namespace {

long number(const char* text, long otherwise) {
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

}  // namespace

Launch read_launch(const std::function<const char*(const char*)>& variable) {
  Launch launch{.step_tasks = number(variable("SLURM_STEP_NUM_TASKS"), 1),
                .step_task = number(variable("SLURM_PROCID"), 0)};
  for (const char* name : {"PMIX_RANK", "PMI_RANK", "PMI_FD", "OMPI_COMM_WORLD_SIZE"}) {
    if (variable(name) != nullptr) launch.has_protocol = true;
  }
  // Open MPI's mpirun, and that of MPICH and its kin. On other nodes they start processes below
  // srun's.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    if (number(variable(name), 0) == 1) launch.meant_alone = true;
  }
  return launch;
}

Launch read_launch() {
  return read_launch([](const char* name) -> const char* { return std::getenv(name); });
}

std::optional<std::string> wrong_launch(const Launch& launch, int size) {
  if (size > 1 || launch.step_tasks <= 1 || launch.meant_alone) return std::nullopt;
  return fmt::format(
      "srun started {} processes, but MPI finds each of them alone: give srun the flag --mpi=pmix "
      "(srun --mpi=list names what it has), or use mpirun; env -u SLURM_STEP_NUM_TASKS before tusk "
      "if each is to run by itself",
      launch.step_tasks);
}

}  // namespace tusk::mpi
