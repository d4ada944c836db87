#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds what exchanges weights with MPICH, and tests it on 1, 2 and 4 ranks: messages, RMA, and every transport with a worker.
# More workers than cores take minutes: MPICH spins while it waits (ctest --preset mpich -R '^center_'). Debian has MPICH
# beside Open MPI (apt-get install mpich libmpich-dev libhdf5-mpich-dev); Intel MPI and Cray MPICH have its ABI.
# Usage: scripts/test-mpich.sh
set -euo pipefail
cd "$(dirname "$0")/.."

for program in mpicc.mpich mpirun.mpich h5pcc.mpich; do
  command -v $program > /dev/null && continue
  echo "test-mpich.sh: there is no $program here: apt-get install mpich libmpich-dev libhdf5-mpich-dev" >&2
  exit 1
done
scripts/build.sh mpich mpi_mpi_tests center_mpi_tests
ctest --preset mpich -R '^(mpi_[124]|center_2)$'
