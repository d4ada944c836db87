#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mpirun for tests and scripts: as any user, on any number of cores, with only the program's own output.
# Usage: scripts/mpi-run.sh -n RANKS [mpirun's options] PROGRAM [ARGUMENTS]
# TUSK_MPIRUN: another mpirun, as MPICH's, which needs none of these options. TUSK_MPI_PRELOAD: a library that its ranks load first
# (tests/mpi/yielding_ucx.c; the test preset mpich sets both).
# Only a program with --stream among its arguments gets this script's stdin: mpirun would read all of it, also what
# is meant for the shell's loop around it.
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_orte_execute_quiet=1  # -q, which Open MPI 5 refuses
[[ " $* " == *" --stream "* ]] || exec < /dev/null
if [ -n "${TUSK_MPIRUN:-}" ]; then  # another library's, with words of its own
  exec "$TUSK_MPIRUN" ${TUSK_MPI_PRELOAD:+-genv LD_PRELOAD "$TUSK_MPI_PRELOAD"} "$@"
fi
exec mpirun --oversubscribe --bind-to none "$@"
