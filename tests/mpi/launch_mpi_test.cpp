// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "mpi/launch.hpp"

using tusk::mpi::Launch;

namespace {

Launch launch_of(const std::map<std::string, std::string>& variables) {
  return tusk::mpi::read_launch([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

}  // namespace

TEST_CASE("several processes of srun that MPI finds alone are refused with the flag's name") {
  const Launch launch = launch_of({{"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_PROCID", "2"}});
  CHECK(launch.step_task == 2);
  const auto message = tusk::mpi::wrong_launch(launch, 1);
  REQUIRE(message);
  CHECK(message->find("started 4 processes") != std::string::npos);
  CHECK(message->find("--mpi=pmix") != std::string::npos);
  CHECK(message->find('\n') == std::string::npos);
  CHECK_FALSE(launch.has_protocol);
  // srun --mpi=pmi2, which Open MPI does not speak.
  CHECK(tusk::mpi::wrong_launch(launch_of({{"SLURM_STEP_NUM_TASKS", "4"}, {"PMI_SIZE", "4"}}), 1));
}

TEST_CASE("every other launch is taken") {
  CHECK_FALSE(tusk::mpi::wrong_launch(launch_of({}), 1));
  CHECK_FALSE(tusk::mpi::wrong_launch(launch_of({}), 4));
  CHECK_FALSE(tusk::mpi::wrong_launch(launch_of({{"SLURM_STEP_NUM_TASKS", "1"}}), 1));
  CHECK_FALSE(tusk::mpi::wrong_launch(launch_of({{"SLURM_STEP_NUM_TASKS", "4"}}), 4));
  // mpirun -n 1 on another node, whose daemon srun has started.
  const auto below = launch_of({{"SLURM_STEP_NUM_TASKS", "2"}, {"OMPI_COMM_WORLD_SIZE", "1"}});
  CHECK(below.has_protocol);
  CHECK_FALSE(tusk::mpi::wrong_launch(below, 1));
}
