#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a trained model: installs what is missing, builds, prepares Fashion-MNIST, trains on it with
# one parameter server and two workers, and evaluates the result. Run again, it repeats the training alone.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh
scripts/build.sh release tusk
scripts/prepare-data.sh fashion-mnist

tusk=build/release/tusk
run=runs/fashion-mnist-adag
scripts/mpi-run.sh -n 3 "$tusk" train configs/fashion-mnist-adag.toml --overwrite
scripts/mpi-run.sh -n 2 "$tusk" evaluate "$run/model.h5" data/fashion-mnist-test.h5

cat << END

The run is in $run: model.h5 (Keras loads it too), metrics.jsonl, history.h5, summary.json, …
What to try next:
  $tusk inspect $run/history.h5
  $tusk predict $run/model.h5 data/fashion-mnist-test.h5 -o predictions.h5
  scripts/mpi-run.sh -n 3 $tusk train configs/fashion-mnist-adag.toml --run-dir runs/longer --set trainer.epochs=30
  scripts/mpi-run.sh -n 3 $tusk train configs/fashion-mnist-adag.toml --run-dir runs/downpour --set trainer.name=downpour
  scripts/prepare-data.sh mnist && scripts/mpi-run.sh -n 3 $tusk train configs/mnist-adag.toml
(scripts/mpi-run.sh is mpirun for a machine with fewer cores than ranks.)
END
