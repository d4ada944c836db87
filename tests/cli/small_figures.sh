#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# That points of docs/figures/small.csv are still what the program makes of MNIST, and that the check notices when they are not.
# Usage: small_figures.sh TUSK SCRIPTS; exits with 77 (skipped) where there is no MNIST.
set -euo pipefail
tusk=$1 scripts=$2
for folder in ${TUSK_DATA:+"$TUSK_DATA/mnist"} "$scripts/../../shared/data/mnist" /usr/share/datasets/mnist; do
  [ -e "$folder/train-images-idx3-ubyte.gz" ] && source=$folder && break
done
[ -n "${source:-}" ] || { echo "skipped: no MNIST in \$TUSK_DATA or ../shared/data"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for pair in train:train test:t10k; do
  "$tusk" convert "$source/${pair#*:}"-{images-idx3,labels-idx1}-ubyte.gz -o "$work/mnist-${pair%:*}.h5"
done
check() { TUSK=$tusk DATA=$work SEEDS=${seed:-1} "$scripts/reproduce-figures.sh" --check-small "$@"; }
check downpour,10,5
seed=4 check aeasgd,10,32 && code=0 || code=$? # a seed that the table does not have: another speed-up
[ "$code" = 1 ] || { echo "a run that is not in the table passed with $code"; exit 1; }
