// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace tusk::mpi {

// What Slurm's srun and MPI's own launchers tell a process of its job by variables of the
// environment.
struct Launch {
  long step_tasks = 1;        // SLURM_STEP_NUM_TASKS: as one of how many srun started it
  long step_task = 0;         // SLURM_PROCID: which of them it is
  bool has_protocol = false;  // it has been told how to find the others
  bool meant_alone = false;   // mpirun started it as a job of one process
};

// `variable` is getenv, or stands for it in tests.
Launch read_launch(const std::function<const char*(const char*)>& variable);
Launch read_launch();

// Where srun started several processes and MPI finds each alone in a job of `size` 1, because srun
// was not told how the MPI library is to be started: one line that names the missing flag. They
// would all train alone, in the same run directory. Without a protocol that is known before MPI
// starts, and many a library would fail there with a page of text; `main` asks before, with a size
// of 1, and after. It refuses such a job with ExitCode::usage; task 0 says why.
std::optional<std::string> wrong_launch(const Launch& launch, int size);

}  // namespace tusk::mpi
