#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds what exchanges weights with MPICH, unoptimized, and tests it on 1, 2 and 4 ranks: messages, RMA, and every transport with a
# worker. Debian has MPICH beside Open MPI (install-deps.sh --dev); Intel MPI and Cray MPICH have its ABI.
# Usage: scripts/test-mpich.sh [--all]
#   --all   also several workers, every rule on every transport, and trainings of every topology: alone, peers, a center, its shards, a tree of centers;
#           by hand, some minutes
set -euo pipefail
cd "$(dirname "$0")/.."

programs=(mpi center) tests='mpi_[124]|center_2'
case ${1:-} in
  '') ;;
  --all)
    programs+=(strategies topologies train training_shards going_on statistics tree)
    tests='(mpi|center|center_sharded|strategies|train|topologies|training_shards|going_on|statistics|tree|tree_of_three|tree_of_one)_[0-9]'
    tests+='|center_(stuck|killed)'
    ;;
  *) echo "test-mpich.sh: unknown argument '$1': it takes --all" >&2 && exit 64 ;;
esac
for program in mpicc.mpich mpirun.mpich h5pcc.mpich; do
  command -v $program > /dev/null && continue
  echo "test-mpich.sh: there is no $program here: apt-get install mpich libmpich-dev libhdf5-mpich-dev" >&2
  exit 1
done
scripts/build.sh mpich tusk_yielding_ucx "${programs[@]/%/_mpi_tests}"
ctest --preset mpich --parallel "$(nproc)" --no-tests=error -R "^($tests)\$"
